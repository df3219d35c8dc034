import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import type { ItemStore } from '../ingestor/item-store.js';
import { LineFile } from '../files/line-file.js';
import type { DeadMessage } from '../container/protocol.js';
import { keyOf, makeFolder, readLines } from '../files/run-files.js';
import { restartText, beginningOf } from './beginning.js';
import { RUN_FILES } from './file-names.js';
import { type RunKey, type RunState, writeRunRecord } from './state.js';
import { writeWhole } from '../files/whole-file.js';

/** A line of dead-letters.ndjson. */
export interface DeadLetter {
  readonly reason: string;
  /** Name of the error. */
  readonly error: string;
  readonly messageId: string;
  readonly body: string;
  /** Message attributes, as in the dead-letter queue. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** Number of messages that failed with the same error, and the reason of the first. */
export interface FailureCount {
  readonly count: number;
  readonly example: string;
}

export interface RunFolderOptions extends RunKey {
  readonly path: string;
  /** Discards an interrupted run instead of resuming it. @default false */
  readonly fresh?: boolean;
  /** Receives a sentence before the results of an unfinished run are removed because this run cannot resume it. */
  readonly onRestart?: (text: string) => void;
}

/** Reason for a message that the queue itself moved to the dead-letter queue. */
const NO_REASON = 'no recorded reason: the function was killed or timed out on every receive';

/** The output folder of a local run: its results, and the state from which the next run resumes if it is interrupted. */
export class RunFolder implements ItemStore {
  readonly path: string;
  /** True if this run resumes an interrupted run of the same input. */
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
    makeFolder(this.file('.run'));
    this.isResumed = options.fresh !== true && this.canResume();
    const fresh = !this.isResumed;
    if (fresh)
      for (const name of ['collection.json', 'index.html', RUN_FILES.redrive, RUN_FILES.outputs])
        rmSync(this.file(name), { force: true, recursive: true });
    // If the process is killed here, no message may count as done whose Item is gone, and no old Item may seem to be new:
    // the done file is emptied first, and the state is written last.
    this.done = new LineFile(this.file(RUN_FILES.done), { fresh });
    this.items = new LineFile(this.file(RUN_FILES.items), { fresh });
    this.deadLetters = new LineFile(this.file(RUN_FILES.deadLetters), { fresh });
    this.writeState('running');
  }

  /** Reads the results of an interrupted run. Await it before writing anything. */
  async load(): Promise<void> {
    if (!this.isResumed) return;
    for await (const key of readLines(this.file(RUN_FILES.done))) this.doneBefore.add(key);
    let offset = 0;
    for await (const line of readLines(this.file(RUN_FILES.items))) {
      this.setOffset((JSON.parse(line) as { id: string }).id, offset);
      offset += Buffer.byteLength(line) + 1;
    }
    for await (const line of readLines(this.file(RUN_FILES.deadLetters))) {
      this.countReason(JSON.parse(line) as DeadLetter);
    }
  }

  get itemCount(): number {
    return this.offsets.size;
  }

  /** Failures by name of the error. */
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
    const deadLetter: DeadLetter = { reason, error, messageId, body, attributes };
    this.countReason(deadLetter);
    this.deadLetters.append(JSON.stringify(deadLetter));
  }

  /** Marks a message as done. Call it after the outcome of the message was written. */
  markDone(body: string): void {
    this.done.append(keyOf(body));
  }

  wasDone(body: string): boolean {
    return this.doneBefore.size > 0 && this.doneBefore.has(keyOf(body));
  }

  /** The done file is written last, so that a message whose outcome was lost runs again. */
  flush(): void {
    this.items.flush();
    this.deadLetters.flush();
    this.done.flush();
  }

  /** Yields the last version of every Item, in the order in which they were first posted. */
  *itemTexts(): Generator<string> {
    for (const offset of this.offsets.values()) yield this.items.readLine(offset);
  }

  /** Opens the log of warnings and output, which starts empty in every run. */
  openLog(): LineFile {
    return new LineFile(this.file('log.ndjson'), { fresh: true });
  }

  writePage(html: string): void {
    writeWhole(this.file('index.html'), html);
  }

  /** Writes the final state and closes all files. */
  close(state: RunState): void {
    this.flush();
    if (state === 'finished') this.compact();
    for (const file of [this.items, this.deadLetters, this.done]) file.close();
    this.writeState(state);
    if (state === 'finished') rmSync(this.file(RUN_FILES.done), { force: true });
  }

  private countReason({ error, reason }: DeadLetter): void {
    const known = this.reasons.get(error) ?? { count: 0, example: reason };
    this.reasons.set(error, { ...known, count: known.count + 1 });
  }

  private setOffset(id: string, offset: number): void {
    if (this.offsets.has(id)) this.replaced++;
    this.offsets.set(id, offset);
  }

  /** Removes the older line of every Item that was posted twice. */
  private compact(): void {
    if (this.replaced === 0) return;
    const path = this.file(RUN_FILES.items);
    const compacted = new LineFile(`${path}.part`, { fresh: true });
    for (const text of this.itemTexts()) compacted.append(text);
    compacted.flush();
    compacted.close();
    renameSync(`${path}.part`, path);
  }

  private canResume(): boolean {
    const beginning = beginningOf(this.file(RUN_FILES.state), this.options);
    if (beginning.kind === 'restart') {
      const { items, deadLetters, redrive } = RUN_FILES;
      const results = [items, deadLetters, redrive].map((name) => this.file(name));
      this.options.onRestart?.(restartText(this.path, beginning.reason, results));
    }
    return beginning.kind === 'resume';
  }

  private writeState(state: RunState): void {
    const { input, basis } = this.options;
    writeRunRecord(this.file(RUN_FILES.state), { state, input, basis });
  }

  private file(name: string): string {
    return join(this.path, name);
  }
}
