import { join } from 'node:path';

/** The files in the folder of a local run that more than one part of the program reads or writes. */
export const RUN_FILES = {
  items: 'items.ndjson',
  deadLetters: 'dead-letters.ndjson',
  /** The files that the pipeline makes together with its Items. */
  outputs: 'outputs',
  /** Dead letters that an interrupted redrive took out. */
  redrive: join('.run', 'redrive.ndjson'),
  state: join('.run', 'state.json'),
  done: join('.run', 'done'),
} as const;
