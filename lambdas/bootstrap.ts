import { RuntimeApi } from './runtime-api/client.js';
import { loadHandler } from './runtime-api/handler.js';
import { useJsonConsole } from './runtime-api/json-console.js';
import { runFunction } from './runtime-api/run.js';
import { optionalEnv, requiredEnv } from './runtime/env.js';

/**
 * The program of a container: runs the handler that its argument or _HANDLER names, of a module in LAMBDA_TASK_ROOT.
 * Lambda has this program for zips only.
 */
async function main(): Promise<void> {
  const host = optionalEnv('AWS_LAMBDA_RUNTIME_API');
  if (host === undefined) {
    process.stderr.write(
      'AWS_LAMBDA_RUNTIME_API is not set: this image runs in Lambda, or with the Runtime Interface Emulator\n',
    );
    process.exitCode = 1;
    return;
  }
  const [, , argument] = process.argv;
  let requestId: string | undefined;
  if (optionalEnv('AWS_LAMBDA_LOG_FORMAT') === 'JSON') {
    useJsonConsole(console, {
      requestId: () => requestId,
      write: (line) => {
        process.stdout.write(`${line}\n`);
      },
    });
  }
  await runFunction({
    api: new RuntimeApi(host),
    load: () => loadHandler(argument ?? requiredEnv('_HANDLER'), requiredEnv('LAMBDA_TASK_ROOT')),
    process,
    onInvocation: (id) => {
      requestId = id;
    },
    logError: (error) => {
      console.error(error);
    },
  });
}

await main();
