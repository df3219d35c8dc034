import type { Plugin } from 'esbuild';

/** esbuild puts a dynamic import into the same file, and runs it when it is called: entries share what they import. */
export function scriptFor(entries: readonly string[]): string {
  const loads = entries.map((entry) => `[${JSON.stringify(entry)}, () => import("./${entry}")]`);
  return `import { setTimeout } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';
Error.stackTraceLimit = 50;
for (const fault of ['unhandledRejection', 'uncaughtException']) process.on(fault, () => {});
for (const [entry, load] of [${loads.join(', ')}]) {
  try {
    const loaded = await Promise.race([load(), setTimeout(${LOAD_MS})]);
    if (loaded === undefined) continue;
    const { handler } = loaded;
    const found = { entry, exports: Object.keys(loaded), handler: typeof handler };
    parentPort.postMessage(found);
    const collectionId = handler?.pipeline?.collectionId ?? handler?.createCollection?.().id;
    if (typeof collectionId === 'string') found.collectionId = collectionId;
    parentPort.postMessage({ ...found, bug: bugOf(handler?.pipeline?.parseMessage) });
  } catch {
    // What cannot be loaded without AWS cannot be checked here.
  }
}
parentPort.postMessage('done');

function bugOf(parseMessage) {
  if (typeof parseMessage !== 'function') return undefined;
  for (const message of ${JSON.stringify(FOREIGN_MESSAGES)}) {
    try {
      parseMessage(message);
    } catch (error) {
      if (isBug(error)) return { name: error.name, message: error.message, of: message, stack: error.stack };
    }
  }
  return undefined;
}

function isBug(error) {
  if (!(error instanceof Error) || 'kind' in error) return false;
  if (error instanceof SyntaxError) return !error.message.includes('JSON');
  return error instanceof TypeError || error instanceof ReferenceError;
}
`;
}

/** A module may wait forever while it loads. */
const LOAD_MS = 3_000;

/** Any import of any name from it works (esbuild copies the prototype of what is exported), and so does any use of it while a module loads. */
export const STAND_IN = `const standIn = new Proxy(function () {}, {
  get: (_, name) => (name === 'then' || typeof name === 'symbol' ? undefined : name === 'prototype' ? Object.prototype : standIn),
  apply: () => standIn,
  construct: () => standIn,
});
module.exports = Object.create(standIn);`;

const AWS = /^@(?:aws-sdk|aws-lambda-powertools|smithy)\//;

export const WITHOUT_AWS: Plugin = {
  name: 'without-aws',
  setup(build) {
    build.onResolve({ filter: AWS }, ({ path }) => ({ path, namespace: 'without-aws' }));
    build.onLoad({ filter: /.*/, namespace: 'without-aws' }, () => ({
      contents: STAND_IN,
      loader: 'js',
    }));
  },
};

const BUCKET_AND_KEY = { bucket: 'bucket', key: 'no/such/granule.txt' };

/** Messages of every form that no pipeline knows. A pipeline has to skip or to refuse them. */
const FOREIGN_MESSAGES = [
  { type: 'custom', body: {} },
  { type: 'custom', body: { odd: true } },
  { type: 'custom', body: [] },
  { type: 'custom', body: 'text' },
  { type: 'custom', body: 7 },
  { type: 's3-object', ...BUCKET_AND_KEY, href: 's3://bucket/no/such/granule.txt' },
];
