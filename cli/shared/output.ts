import { systemReason } from './system-error.js';

let isReaderNeeded = true;

/**
 * Ends the process quietly when the reader of stdout or stderr closes the pipe, as `| head` does. If they cannot be
 * written for another reason, such as a full disk, reports that in one sentence. Call it before anything is written.
 */
export function watchOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    if (!stream.listeners('error').includes(onWriteError)) stream.on('error', onWriteError);
  }
}

/** From now on the process goes on without a reader, because what it does must not stop halfway. */
export function outliveReader(): void {
  isReaderNeeded = false;
}

function onWriteError(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') {
    if (isReaderNeeded) process.exit();
    return;
  }
  if (error.syscall !== 'write') throw error;
  process.stderr.write(`the output cannot be written: ${systemReason(error) ?? error.message}\n`);
  process.exit(1);
}
