import { join } from 'node:path';
import { BundleError } from '../../modules/bundling/bundle.js';
import { collectionIds } from '../../modules/bundling/shared-collections.js';
import { listPipelines } from '../../modules/config/config.js';
import { ConfigError, FieldError } from '../../modules/config/values/error.js';
import type { Question } from './answers.js';
import { QUESTIONS } from './questions.js';

/** Returns the questions, which refuse the id of a Collection that another pipeline has. */
export async function questionsBeside(id: string, root: string): Promise<readonly Question[]> {
  const owners = await ownersOfCollections(root);
  return QUESTIONS.map((question) =>
    question.name === 'collectionId' ? unlessTaken(question, { id, owners }) : question,
  );
}

interface Beside {
  /** The new pipeline. */
  readonly id: string;
  /** The other pipelines by the ids of their Collections. */
  readonly owners: ReadonlyMap<string, string>;
}

function unlessTaken(question: Question, { id, owners }: Beside): Question {
  return {
    ...question,
    parse: (value, answers) => {
      const collectionId = question.parse(value, answers);
      const owner = owners.get(collectionId);
      if (owner === undefined) return collectionId;
      throw new FieldError(
        `must be another id, because pipelines/${owner} has it: it and pipelines/${id} would replace each other's ` +
          'Collection and Items',
      );
    },
  };
}

/** The pipelines by the ids of their Collections. A pipeline that cannot be bundled is left out: it has problems of its own. */
async function ownersOfCollections(root: string): Promise<ReadonlyMap<string, string>> {
  const pipelines = listPipelines(join(root, 'pipelines'));
  const found =
    (await tryCollectionIds(pipelines, root)) ?? (await eachCollectionId(pipelines, root));
  return new Map([...found].map(([pipeline, id]) => [id, pipeline]));
}

async function eachCollectionId(pipelines: readonly string[], root: string) {
  const each = await Promise.all(pipelines.map((id) => tryCollectionIds([id], root)));
  return each.flatMap((found) => [...(found ?? [])]);
}

async function tryCollectionIds(pipelines: readonly string[], root: string) {
  try {
    return await collectionIds(pipelines, root);
  } catch (error) {
    if (error instanceof BundleError || error instanceof ConfigError) return undefined;
    throw error;
  }
}
