import type { PipelineBundles } from '../bundling/pipeline-bundles.js';
import type { PipelineConfig } from '../config/config.js';
import { ConfigProblems } from '../config/values/error.js';
import { pipelineImage, type PipelineImage } from './image.js';

type Pipeline = Pick<PipelineConfig, 'id' | 'architecture' | 'python_function'>;

interface Project {
  /** Absolute path of the project. */
  readonly root: string;
  /** The bundles of the pipelines, by their ids. */
  readonly bundles: ReadonlyMap<string, Pick<PipelineBundles, 'app' | 'bootstrap'>>;
}

/** Computes the images of the pipelines in Python, by their ids. Throws ConfigError with the problems of all folders. */
export function pipelineImages(
  pipelines: readonly Pipeline[],
  { root, bundles }: Project,
): ReadonlyMap<string, PipelineImage> {
  const problems = new ConfigProblems();
  const images = pipelines
    .filter(({ python_function }) => python_function !== undefined)
    .flatMap(({ id, architecture }) => {
      const { app, bootstrap } = bundles.get(id) ?? {};
      if (app === undefined || bootstrap === undefined) throw new Error(`no bundles of ${id}`);
      const inputs = { root, id, architecture, app, bootstrap };
      const image = problems.collect(() => pipelineImage(inputs));
      return image === undefined ? [] : [[id, image] as const];
    });
  if (problems.found) throw problems.error();
  return new Map(images);
}
