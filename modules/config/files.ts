import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { PYTHON_FILE } from './values/python.js';
import type { YamlDocument } from './yaml/document.js';
import { START } from './yaml/syntax.js';
import type { YamlProblem } from './yaml/syntax.js';

/** What the problems of a pipeline's folder depend on. */
interface PipelineFiles {
  /** The id that commands know the pipeline by: the name of its folder. */
  readonly id: string;
  readonly hasBackfill: boolean;
  readonly has: (name: string) => boolean;
  readonly document: YamlDocument;
}

/** Returns a problem for each file that is missing from the folder of a pipeline, or that there is one too many of. */
export function fileProblems(folder: string, document: YamlDocument): readonly YamlProblem[] {
  const has = (name: string): boolean => existsSync(join(folder, name));
  const hasKey = (key: string): boolean => document.keyPositionOf([key]) !== undefined;
  const files: PipelineFiles = {
    id: basename(resolve(folder)),
    hasBackfill: hasKey('historic_frequency') || hasKey('inventory_location'),
    has,
    document,
  };
  return hasKey('python_function') ? pythonProblems(files) : typescriptProblems(files);
}

function typescriptProblems({ has, hasBackfill }: PipelineFiles): readonly YamlProblem[] {
  return [
    ...(has('app.ts') ? [] : [missing('app.ts', 'it creates the Items')]),
    ...collectionProblems(has, missing('collection.ts', 'it creates the Collection')),
    ...(!hasBackfill || has('historic.ts')
      ? []
      : [missing('historic.ts', 'historic_frequency needs it for the backfill')]),
  ];
}

function pythonProblems(files: PipelineFiles): readonly YamlProblem[] {
  const { id, has, document } = files;
  const position = document.positionOf(['python_function']) ?? START;
  const isFile = document.sourceOf(['python_function']) === PYTHON_FILE;
  return [
    ...(isFile && !has(PYTHON_FILE)
      ? [
          {
            ...position,
            field: 'python_function',
            message: `${PYTHON_FILE} is missing from the folder`,
          },
        ]
      : []),
    ...patternProblems(files),
    ...(has('requirements.in')
      ? []
      : [missing('requirements.in', 'it names the Python packages, one per line')]),
    ...(has('requirements.txt')
      ? []
      : [missing('requirements.txt', `npm run lock -- ${id} writes it from requirements.in`)]),
    ...collectionProblems(
      has,
      missing(
        'collection.json',
        `npm run collection -- ${id} --from package.module:function writes it, or collection.ts creates the Collection`,
      ),
    ),
  ];
}

/** The framework's own app.ts and historic.ts know granules by the pattern alone. */
function patternProblems({ has, hasBackfill, document }: PipelineFiles): readonly YamlProblem[] {
  const position = document.keyPositionOf(['python_function']) ?? START;
  const needs = ['app.ts', ...(hasBackfill ? ['historic.ts'] : [])].find((name) => !has(name));
  if (needs === undefined || document.keyPositionOf(['granule_pattern']) !== undefined) return [];
  const message = `needs granule_pattern: without ${needs} it says which keys are granules`;
  return [{ ...position, field: 'python_function', message }];
}

function collectionProblems(
  has: PipelineFiles['has'],
  absent: YamlProblem,
): readonly YamlProblem[] {
  const [json, code] = [has('collection.json'), has('collection.ts')];
  if (json && code) {
    const message = 'is in the folder together with collection.ts: keep one of them';
    return [{ ...START, field: 'collection.json', message }];
  }
  return json || code ? [] : [absent];
}

function missing(field: string, purpose: string): YamlProblem {
  return { ...START, field, message: `is missing from the folder: ${purpose}` };
}
