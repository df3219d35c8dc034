import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { LineFile } from '../../local/files/line-file.js';

interface Entry {
  /** About to be sent, sent, done with. */
  readonly state: 'sending' | 'sent' | 'deleted';
  readonly ids: readonly string[];
}

/**
 * What a redrive did, on disk before it goes on. A message is sent first and deleted after; should the command die in
 * between, the next one reads here that it has only to delete it.
 */
export class RedriveJournal {
  private readonly states = new Map<string, Entry['state']>();
  private file: LineFile | undefined;

  /** Throws OutputError. */
  constructor(private readonly path: string) {
    for (const { state, ids } of readEntries(path)) {
      for (const id of ids) this.states.set(id, state);
    }
  }

  /** It was sent by a redrive that died before it could delete it. */
  wasSent(id: string): boolean {
    return this.states.get(id) === 'sent';
  }

  /** A redrive died while it was being sent: nobody can tell whether the queue took it. */
  mayHaveBeenSent(id: string): boolean {
    return this.states.get(id) === 'sending';
  }

  note(state: Entry['state'], ids: readonly string[]): void {
    if (ids.length === 0) return;
    for (const id of ids) this.states.set(id, state);
    this.file ??= this.open();
    this.file.append(JSON.stringify({ state, ids } satisfies Entry));
    this.file.flush();
  }

  /** Takes the file away where nothing in it is open any more. */
  close(): void {
    this.file?.close();
    this.file = undefined;
    if ([...this.states.values()].every((state) => state === 'deleted')) {
      rmSync(this.path, { force: true });
    }
  }

  private open(): LineFile {
    mkdirSync(dirname(this.path), { recursive: true });
    return new LineFile(this.path, { fresh: false });
  }
}

function readEntries(path: string): Entry[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line) => tryEntry(line) ?? []);
}

/** A process that is killed may leave half a line. */
function tryEntry(line: string): Entry | undefined {
  try {
    return JSON.parse(line) as Entry;
  } catch {
    return undefined;
  }
}
