import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { join } from 'node:path';
import { clientOptions } from '../system/platform.js';
import { functionsFolder } from '../system/run-record.js';
import { system } from '../system/running.js';
import { run } from '../system/shell.js';

const lambda = new LambdaClient(clientOptions(system.endpoint));

/** Invokes a function as a schedule does, and waits for the result. Throws with the error of the function. */
export async function invoke(FunctionName: string, event: object = {}): Promise<unknown> {
  const answer = await lambda.send(
    new InvokeCommand({ FunctionName, Payload: Buffer.from(JSON.stringify(event)) }),
  );
  const text = Buffer.from(answer.Payload ?? []).toString();
  if (answer.FunctionError !== undefined) throw new Error(`${FunctionName} failed: ${text}`);
  return JSON.parse(text) as unknown;
}

/** Recognizes the emulator's errors for a worker that was just killed: its process, pipe or folder is gone. */
export function isOfKilledWorker(text: string): boolean {
  // [Errno n] is an OSError of the emulator's Python.
  return /Worker (?:process (?:died|exited)|returned no response)|\[Errno \d+\]/.test(text);
}

/** Kills every process that runs the function now with SIGKILL; returns their number. */
export async function killWorkers(name: string): Promise<number> {
  const lines = (await run('ps', ['-eo', 'pid=,args='])).split('\n');
  const mark = join(functionsFolder(system.folder), `ministack-lambda-${name}-`);
  const own = lines.filter((line) => line.includes(mark));
  for (const line of own) process.kill(Number.parseInt(line, 10), 'SIGKILL');
  return own.length;
}
