import { join } from 'node:path';

/** The files in the folder of a local run that more than one part of the program reads or writes. */
export const RUN_FILES = {
  items: 'items.ndjson',
  deadLetters: 'dead-letters.ndjson',
  /** Dead letters that an interrupted redrive took out. */
  redrive: join('.run', 'redrive.ndjson'),
  state: join('.run', 'state.json'),
  done: join('.run', 'done'),
} as const;
