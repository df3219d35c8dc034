import { join } from 'node:path';
import { parsePipelineId } from '../../modules/config/values/pipeline-id.js';
import { FieldError } from '../../modules/config/values/error.js';
import { readPipelineConfig } from '../../modules/config/config.js';
import { importFunction } from '../python/gate.js';
import { writeLock } from '../python/lock.js';
import { CommandError, UsageError } from '../shared/command.js';
import type { ConfirmStreams } from '../shared/terminal.js';
import type { Answers } from './answers.js';
import { askQuestions } from './ask.js';
import { datasetOf, type Dataset } from './dataset.js';
import { filesOf } from './files.js';
import { assertFree, placePipeline } from './place.js';
import { nextText, writtenText } from './report.js';
import { questionsBeside } from './taken.js';
import { comparedId, runSample, runTests } from './trial.js';

export interface NewPipeline {
  readonly id: string | undefined;
  readonly given: Answers;
  readonly isYes: boolean;
  /** Whether the packages of a pipeline in Python are locked. */
  readonly isLocked: boolean;
  /** Whether the tests and the sample are run. */
  readonly isTried: boolean;
  readonly streams: ConfirmStreams;
  readonly print: (text: string) => void;
}

/** Asks what is not given, writes the folder of a pipeline as a whole, and tries it. Throws UsageError and CommandError. */
export async function newPipeline({
  given,
  isYes,
  streams,
  print,
  ...options
}: NewPipeline): Promise<void> {
  const id = checkedId(options.id);
  assertFree(id);
  const questions = await questionsBeside(id, process.cwd());
  const answered = await askQuestions({ id, given, isYes, streams, questions });
  const dataset = datasetIn(id, answered.answers);
  const files = await filesOf(dataset);
  const isLocked = dataset.python === undefined || options.isLocked;
  await placePipeline({
    id,
    files,
    complete: (folder) => completed({ dataset, folder, isLocked, print }),
  });
  print(writtenText(id, files, answered));
  if (options.isTried && isLocked) {
    await tryPipeline(dataset, print);
  }
  print(nextText(dataset, { isLocked }));
}

async function tryPipeline(dataset: Dataset, print: NewPipeline['print']): Promise<void> {
  const { id, python } = dataset;
  await runTests(id, print);
  if (python !== undefined && python.sample === undefined) return;
  await runSample(id, print);
  const warning = python === undefined ? undefined : comparedId(dataset);
  if (warning !== undefined) print(warning);
}

function checkedId(id: string | undefined): string {
  if (id === undefined)
    throw new UsageError('missing argument <id>: the name of the new folder in pipelines/');
  try {
    return parsePipelineId(id);
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    const likely = id
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '_')
      .replace(/^[\d_]+|_+$/g, '')
      .slice(0, 40);
    const advice = likely === '' || likely === id ? '' : `, such as ${likely}`;
    throw new UsageError(`the id ${error.message}${advice} (given ${JSON.stringify(id)})`);
  }
}

function datasetIn(id: string, answers: Answers): Dataset {
  try {
    return datasetOf(id, answers);
  } catch (error) {
    if (error instanceof FieldError)
      throw new UsageError(`the answers do not fit: ${error.message}`);
    throw error;
  }
}

interface Completion {
  readonly dataset: Dataset;
  readonly folder: string;
  readonly isLocked: boolean;
  readonly print: (text: string) => void;
}

/** Locks the packages of a pipeline in Python, and checks the folder as every command does. */
async function completed({ dataset, folder, isLocked, print }: Completion): Promise<void> {
  const { id, python } = dataset;
  if (!isLocked) return;
  if (python !== undefined) {
    const placed = (text: string): string => text.replaceAll(folder, join('pipelines', id));
    const say = (text: string): void => {
      print(placed(text));
    };
    try {
      await writeLock({ id, folder }, { upgrade: false, print: say });
      await importFunction({ id, folder }, say);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      throw new CommandError(
        `${placed(error.message)}\nNothing was written. Correct --requirement and --python, or pass --no-lock to lock later`,
        { cause: error },
      );
    }
  }
  readPipelineConfig(folder);
}
