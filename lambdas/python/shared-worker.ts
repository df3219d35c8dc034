import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { numberEnv, wholeEnv } from '../runtime/env.js';
import { workerEnvironment } from './environment.js';
import type { PythonSettings } from './settings.js';
import { PythonWorker, type OnWorkerPrinted } from './worker.js';

/** Memory of a function for which AWS_LAMBDA_FUNCTION_MEMORY_SIZE is not set, in MiB. */
const DEFAULT_MEMORY_MB = 1024;
/** Memory of the Node.js process. */
const NODE_MB = 120;
/** Share of Python's memory above which the worker is started again. */
const RESTART_SHARE = 0.7;

/** Creates the worker of a function from its settings. It starts with the first granule. */
export function workerOf(settings: PythonSettings, onPrinted: OnWorkerPrinted): PythonWorker {
  const { executable, worker: script, folder, permanentErrors, granuleSeconds } = settings;
  const memoryMb = numberEnv('AWS_LAMBDA_FUNCTION_MEMORY_SIZE', DEFAULT_MEMORY_MB) - NODE_MB;
  return new PythonWorker(
    {
      executable,
      script,
      permanentErrors,
      granuleSeconds,
      function: settings.function.endsWith('.py')
        ? resolve(folder, settings.function)
        : settings.function,
      memoryMb,
      maxRssMb: memoryMb * RESTART_SHARE,
      environment: workerEnvironment(wholeEnv(), { ...settings, temporary: tmpdir() }),
    },
    onPrinted,
  );
}
