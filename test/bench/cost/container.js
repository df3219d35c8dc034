// Runs a handler as Lambda does: one invocation after the other in one process. It is not bundled with anything, so that
// the process holds only the deployed code. stdin gets one event a line; file descriptor 3 gets a line for each result.
import { writeSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const TIMEOUT_MS = 60_000;

const [, , code = ''] = process.argv;
const { handler } = await import(pathToFileURL(code).href);
tell({ ready: true });
for await (const line of createInterface({ input: process.stdin })) {
  const started = performance.now();
  const getRemainingTimeInMillis = () => TIMEOUT_MS - (performance.now() - started);
  const context = { awsRequestId: 'bench', getRemainingTimeInMillis };
  const { batchItemFailures } = await handler(JSON.parse(line), context);
  tell({ milliseconds: performance.now() - started, failed: batchItemFailures.length });
}

function tell(result) {
  writeSync(3, `${JSON.stringify(result)}\n`);
}
