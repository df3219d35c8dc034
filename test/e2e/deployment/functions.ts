import {
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { join } from 'node:path';
import { tryParseJson } from '../../../lambdas/runtime/json.js';
import { jsonCall } from './aws-call.js';
import { REGION } from '../system/places.js';
import { clientOptions } from '../system/platform.js';
import { functionsFolder } from '../system/run-record.js';
import { system, waitFor } from '../system/running.js';
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

/** Returns the environment variables of a function. */
export async function variablesOf(FunctionName: string): Promise<Readonly<Record<string, string>>> {
  const found = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  return found.Environment?.Variables ?? {};
}

/** Runs `work` while the function has other values of some environment variables. */
export async function withEnvironment(
  FunctionName: string,
  changes: Readonly<Record<string, string>>,
  work: () => Promise<void>,
): Promise<void> {
  const Variables = await variablesOf(FunctionName);
  const set = (variables: Readonly<Record<string, string>>) => {
    const Environment = { Variables: variables };
    return lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment }));
  };
  await set(Object.assign({}, Variables, changes));
  try {
    await work();
  } finally {
    await set(Variables);
  }
}

/** Runs `work` while the function receives no messages, so that those sent meanwhile form one batch afterwards. */
export async function whilePaused(FunctionName: string, work: () => Promise<void>): Promise<void> {
  const { EventSourceMappings = [] } = await lambda.send(
    new ListEventSourceMappingsCommand({ FunctionName }),
  );
  const enable = (Enabled: boolean) =>
    Promise.all(
      EventSourceMappings.map(({ UUID }) =>
        lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled })),
      ),
    );
  await enable(false);
  try {
    await work();
  } finally {
    await enable(true);
  }
}

/**
 * Runs `work` while every invocation of a function that reads a stream fails at its start, and drops the records. The
 * emulator does not count retries (MaximumRetryAttempts), so the records are dropped by their age.
 */
export async function whileDropping(
  FunctionName: string,
  work: () => Promise<void>,
): Promise<void> {
  const { Handler } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  const { EventSourceMappings = [] } = await lambda.send(
    new ListEventSourceMappingsCommand({ FunctionName }),
  );
  const set = async (handler: string | undefined, MaximumRecordAgeInSeconds: number) => {
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Handler: handler }));
    for (const { UUID } of EventSourceMappings) {
      await lambda.send(new UpdateEventSourceMappingCommand({ UUID, MaximumRecordAgeInSeconds }));
    }
    await killWorkers(FunctionName);
  };
  await set('src.missing.handler', 1);
  try {
    await work();
  } finally {
    await set(Handler, -1);
  }
}

/** What the log of a function says about one receive of a message. */
export interface LoggedRecord {
  readonly messageId: string;
  readonly outcome: string;
  readonly itemId?: string;
  readonly reason?: string;
  /** The same for all messages of an invocation. */
  readonly xray_trace_id: string;
}

/** Returns every line of a function's log that is about a message, in the order of the log. */
export async function loggedRecords(logGroupName: string): Promise<LoggedRecord[]> {
  const caller = { endpoint: system.endpoint, region: REGION };
  const { events } = (await jsonCall(caller, ['logs', 'Logs_20140328.FilterLogEvents'], {
    logGroupName,
    limit: 10_000,
  })) as { events: { message: string }[] };
  const lines = events.map(({ message }) => tryParseJson(message) as Partial<LoggedRecord> | null);
  return lines.filter((line): line is LoggedRecord => line?.outcome !== undefined);
}

/** Recognizes the emulator's errors for a worker that was just killed: its process, pipe or folder is gone. */
export function isOfKilledWorker(text: string): boolean {
  // [Errno n] is an OSError of the emulator's Python, and a worker that is gone has no stdin.
  return /Worker (?:process (?:died|exited)|returned no response)|\[Errno \d+\]|'NoneType' object has no attribute 'stdin'/.test(
    text,
  );
}

/** Kills every process that runs the function now with SIGKILL; returns their number. */
export async function killWorkers(name: string): Promise<number> {
  const lines = (await run('ps', ['-eo', 'pid=,args='])).split('\n');
  const mark = join(functionsFolder(system.folder), `ministack-lambda-${name}-`);
  const own = lines.filter((line) => line.includes(mark));
  for (const line of own) process.kill(Number.parseInt(line, 10), 'SIGKILL');
  return own.length;
}

/**
 * Replaces the processes of a function, so that it reads its secrets and tokens again. Waits until a new process answers,
 * because the emulator may pass a batch of messages to one that was just killed: the queue then hides it for minutes.
 */
export async function restartWorkers(name: string, event: object = { Records: [] }): Promise<void> {
  await killWorkers(name);
  await waitFor(
    () => invoke(name, event).then(JSON.stringify, String),
    (text) => !isOfKilledWorker(text),
  );
}
