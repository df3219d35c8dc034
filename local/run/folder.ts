import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import type { ItemStore } from '../ingestor/item-store.js';
import { LineFile } from '../files/line-file.js';
import type { DeadMessage } from '../container/protocol.js';
import { keyOf, makeFolder, readLines } from '../files/run-files.js';
import { type RunState, tryReadRunRecord, writeRunRecord } from './state.js';
import { writeWhole } from '../files/whole-file.js';

/** A line of dead-letters.ndjson. */
export interface DeadLetter {
  readonly reason: string;
  /** Name of the error. */
  readonly error: string;
  readonly messageId: string;
  readonly body: string;
  /** As the message in the dead-letter queue would have them. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** How often messages failed so, and the reason of the first. */
export interface FailureCount {
  readonly count: number;
  readonly example: string;
}

export interface RunFolderOptions {
  readonly path: string;
  readonly input: string;
  /** Start anew even where an interrupted run could be taken up. */
  readonly fresh?: boolean;
}

/** Of a message that the queue itself put away. */
const NO_REASON = 'no recorded reason: the function was killed or timed out on every receive';

const STATE_FOLDER = '.run';
const STATE_FILE = join(STATE_FOLDER, 'state.json');
const DONE_FILE = join(STATE_FOLDER, 'done');

/** The folder of one local run: what it made, and what the next run needs to take it up where it ended. */
export class RunFolder implements ItemStore {
  readonly path: string;
  /** True where an interrupted run of the same input is taken up. */
  readonly isResumed: boolean;
  private readonly items: LineFile;
  private readonly deadLetters: LineFile;
  private readonly done: LineFile;
  private readonly offsets = new Map<string, number>();
  private readonly doneBefore = new Set<string>();
  private readonly collections = new Set<string>();
  private readonly reasons = new Map<string, FailureCount>();
  private replaced = 0;

  constructor(private readonly options: RunFolderOptions) {
    this.path = options.path;
    makeFolder(join(this.path, STATE_FOLDER));
    this.isResumed = options.fresh !== true && this.canResume();
    this.writeState('running');
    const fresh = !this.isResumed;
    if (fresh)
      for (const name of ['collection.json', 'index.html'])
        rmSync(this.file(name), { force: true });
    this.items = new LineFile(this.file('items.ndjson'), { fresh });
    this.deadLetters = new LineFile(this.file('dead-letters.ndjson'), { fresh });
    this.done = new LineFile(this.file(DONE_FILE), { fresh });
  }

  /** Reads what an interrupted run left; to be awaited before anything is written. */
  async load(): Promise<void> {
    if (!this.isResumed) return;
    for await (const key of readLines(this.file(DONE_FILE))) this.doneBefore.add(key);
    let offset = 0;
    for await (const line of readLines(this.file('items.ndjson'))) {
      this.setOffset((JSON.parse(line) as { id: string }).id, offset);
      offset += Buffer.byteLength(line) + 1;
    }
    for await (const line of readLines(this.file('dead-letters.ndjson'))) {
      this.countReason(JSON.parse(line) as DeadLetter);
    }
  }

  get itemCount(): number {
    return this.offsets.size;
  }

  /** By the name of the error. */
  get failures(): ReadonlyMap<string, FailureCount> {
    return this.reasons;
  }

  putItem(id: string, json: string): void {
    this.setOffset(id, this.items.append(json));
  }

  tryReadItem(id: string): string | undefined {
    const offset = this.offsets.get(id);
    return offset === undefined ? undefined : this.items.readLine(offset);
  }

  putCollection(id: string, json: string): void {
    this.collections.add(id);
    writeWhole(this.file('collection.json'), `${JSON.stringify(JSON.parse(json), undefined, 2)}\n`);
  }

  hasCollection(id: string): boolean {
    return this.collections.has(id);
  }

  putDeadLetter({ messageId, body, attributes }: DeadMessage): void {
    const { reason = NO_REASON, error = 'NoReason' } = attributes;
    const letter: DeadLetter = { reason, error, messageId, body, attributes };
    this.countReason(letter);
    this.deadLetters.append(JSON.stringify(letter));
  }

  /** To be called once the outcome of a message is in the folder. */
  markDone(body: string): void {
    this.done.append(keyOf(body));
  }

  wasDone(body: string): boolean {
    return this.doneBefore.size > 0 && this.doneBefore.has(keyOf(body));
  }

  /** What is done is written last: a message whose outcome was lost is run again. */
  flush(): void {
    this.items.flush();
    this.deadLetters.flush();
    this.done.flush();
  }

  /** Items in the order of their first posting, replaced ones left out. */
  *itemTexts(): Generator<string> {
    for (const offset of this.offsets.values()) yield this.items.readLine(offset);
  }

  /** What the functions warned of and printed; of this run only. */
  openLog(): LineFile {
    return new LineFile(this.file('log.ndjson'), { fresh: true });
  }

  writePage(html: string): void {
    writeWhole(this.file('index.html'), html);
  }

  /** After this the folder takes nothing more. */
  close(state: RunState): void {
    this.flush();
    if (state === 'finished') this.compact();
    for (const file of [this.items, this.deadLetters, this.done]) file.close();
    this.writeState(state);
    if (state === 'finished') rmSync(this.file(DONE_FILE), { force: true });
  }

  private countReason({ error, reason }: DeadLetter): void {
    const known = this.reasons.get(error) ?? { count: 0, example: reason };
    this.reasons.set(error, { ...known, count: known.count + 1 });
  }

  private setOffset(id: string, offset: number): void {
    if (this.offsets.has(id)) this.replaced++;
    this.offsets.set(id, offset);
  }

  /** An Item posted twice has two lines; the newer one stays. */
  private compact(): void {
    if (this.replaced === 0) return;
    const path = this.file('items.ndjson');
    const compacted = new LineFile(`${path}.part`, { fresh: true });
    for (const text of this.itemTexts()) compacted.append(text);
    compacted.flush();
    compacted.close();
    renameSync(`${path}.part`, path);
  }

  private canResume(): boolean {
    const record = tryReadRunRecord(this.file(STATE_FILE));
    return (
      record !== undefined && record.state !== 'finished' && record.input === this.options.input
    );
  }

  private writeState(state: RunState): void {
    writeRunRecord(this.file(STATE_FILE), { state, input: this.options.input });
  }

  private file(name: string): string {
    return join(this.path, name);
  }
}
