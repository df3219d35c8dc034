import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { LineFile } from '../../local/files/line-file.js';

interface Entry {
  /** `sending` is recorded before the request, `sent` after it, and `deleted` when nothing is left to do. */
  readonly state: 'sending' | 'sent' | 'deleted';
  readonly ids: readonly string[];
}

/**
 * Records on disk what a redrive has done. A message is sent first and deleted afterwards; if the command dies in
 * between, the next redrive learns from the journal that it only has to delete the message.
 */
export class RedriveJournal {
  private readonly states = new Map<string, Entry['state']>();
  private file: LineFile | undefined;

  /** Reads the journal that an interrupted redrive left behind. */
  constructor(private readonly path: string) {
    for (const { state, ids } of readEntries(path)) {
      for (const id of ids) this.states.set(id, state);
    }
  }

  /** Whether an earlier redrive sent the message but died before deleting it. */
  wasSent(id: string): boolean {
    return this.states.get(id) === 'sent';
  }

  /** Whether an earlier redrive died while sending the message, so that the queue may or may not have it. */
  mayHaveBeenSent(id: string): boolean {
    return this.states.get(id) === 'sending';
  }

  /** Records the state of messages. Throws OutputError. */
  record(state: Entry['state'], ids: readonly string[]): void {
    if (ids.length === 0) return;
    for (const id of ids) this.states.set(id, state);
    this.file ??= this.open();
    this.file.append(JSON.stringify({ state, ids } satisfies Entry));
    this.file.flush();
  }

  /** Closes the file, and deletes it if every message in it is done. */
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

/** A process that is killed may leave half a line, which is ignored. */
function tryEntry(line: string): Entry | undefined {
  try {
    return JSON.parse(line) as Entry;
  } catch {
    return undefined;
  }
}
