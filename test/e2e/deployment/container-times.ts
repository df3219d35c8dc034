import { startContainer } from '../../support/images/container.js';
import type { UnpackedImage } from '../../support/images/unpack.js';
import { commandEnvironment } from './project-copy.js';
import { variablesOf } from './functions.js';
import { system } from '../system/running.js';

/** Milliseconds. */
export interface ContainerTimes {
  /** From the start of the container to the answer to the first event. */
  readonly first: number;
  /** The same event again. */
  readonly second: number;
  /** The median of events without a message: what the runtime adds to each invocation. */
  readonly empty: number;
}

const EMPTY_EVENTS = 51;

/** Runs the image of a function in a container of its own, with the function's variables, and gives it events. */
export async function measureContainer(
  image: UnpackedImage,
  functionName: string,
  event: object,
): Promise<ContainerTimes> {
  const env = { ...(await variablesOf(functionName)), ...commandEnvironment(system) };
  const start = performance.now();
  const { api, stop } = await startContainer(image, { env });
  const answer = async (given: object, since = performance.now()): Promise<number> => {
    const outcome = await api.invoke(given);
    const wanted = JSON.stringify({ response: '{"batchItemFailures":[]}' });
    if (JSON.stringify(outcome) === wanted) return performance.now() - since;
    throw new Error(`the container answered ${JSON.stringify(outcome)}`);
  };
  try {
    const first = await answer(event, start);
    const second = await answer(event);
    const empty: number[] = [];
    for (let count = 0; count < EMPTY_EVENTS; count += 1) empty.push(await answer({ Records: [] }));
    empty.sort((one, other) => one - other);
    return { first, second, empty: empty[(EMPTY_EVENTS - 1) / 2] ?? NaN };
  } finally {
    await stop();
  }
}
