import { basename, join, resolve } from 'node:path';
import { readOwn, rootOf } from '../config.js';
import type { ConfigKey } from '../fields.js';
import { listPipelines } from '../folder.js';
import { readEnvironment } from './environment.js';
import { listEnvironments } from './folder.js';

/** A text that a file gives for a key. */
export interface GivenText {
  readonly text: string;
  /** The value of PROJECT whose environment gives it; undefined for config.yaml. */
  readonly project: string | undefined;
}

/**
 * Returns what config.yaml and the environments give for a key of a pipeline, as written, in this order. The files may
 * have problems. Throws ConfigError if config.yaml cannot be parsed.
 */
export function givenTexts(folder: string, key: ConfigKey): readonly GivenText[] {
  const own = readOwn(folder).document;
  const root = rootOf(folder);
  const texts = listEnvironments(root).projects.map((project) => {
    const environment = readEnvironment({ root, project });
    const layers = environment?.layersOf(basename(resolve(folder)), own) ?? [];
    const text = layers.map(({ document }) => document.sourceOf([key])).findLast(Boolean);
    return { project, text };
  });
  return [{ project: undefined, text: own.sourceOf([key]) }, ...texts].flatMap(
    ({ project, text }) => (text === undefined ? [] : [{ project, text }]),
  );
}

/** The pipelines that have an inventory in an environment, whatever their config.yaml says. @param root of the project */
export function inventoriesInEnvironments(root: string): ReadonlySet<string> {
  if (listEnvironments(root).projects.length === 0) return new Set();
  const ids = listPipelines(join(root, 'pipelines'));
  return new Set(
    ids.filter((id) => {
      const texts = givenTexts(join(root, 'pipelines', id), 'inventory_location');
      return texts.some(({ project }) => project !== undefined);
    }),
  );
}
