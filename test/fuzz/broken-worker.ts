// Replaces fuzz-worker.ts in a test: the thread ends before its first case.
throw new Error('cannot start');
