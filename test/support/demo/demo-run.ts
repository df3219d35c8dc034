import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { unzipSync } from 'fflate';

import { inputOf } from '../../../local/input/message-feed.js';
import { type LocalRunOptions, runLocally } from '../../../local/local-run.js';
import type { RunSummary } from '../../../local/run/summary.js';
import { bundleEntries } from '../../../modules/bundling/bundle.js';
import { jsonLines } from '../json-lines.js';
import { handler as collection } from './collection.js';

/** A folder of granules, a folder for results, and the demo pipeline to run over them. */
export class DemoRun {
  readonly folder = mkdtempSync(join(tmpdir(), 'local-run-'));
  readonly out = join(this.folder, 'out');
  readonly bucket = join(this.folder, 'bucket');
  private files = { app: '', container: '' };

  /** Once for a test file: esbuild takes a moment. */
  async bundle(): Promise<this> {
    const entries = { app: 'test/support/demo/app.ts', container: 'local/container/container.ts' };
    const bundles = await bundleEntries(Object.values(entries), { root: process.cwd() });
    for (const { zip } of bundles.values()) {
      for (const [name, content] of Object.entries(unzipSync(zip)))
        writeFileSync(join(this.folder, name), content);
    }
    this.files = {
      app: join(this.folder, 'app.mjs'),
      container: join(this.folder, 'container.mjs'),
    };
    return this;
  }

  /** The body of the message that names it. */
  writeGranule(id: string, fields: object = {}): string {
    mkdirSync(join(this.bucket, id), { recursive: true });
    const granule = { id, lon: 11, lat: 48, ...fields };
    writeFileSync(join(this.bucket, id, 'granule.json'), JSON.stringify(granule));
    return JSON.stringify({ path: id });
  }

  run(bodies: Iterable<string>, options: Partial<LocalRunOptions> = {}): Promise<RunSummary> {
    return runLocally({
      pipeline: 'demo',
      collection,
      input: inputOf(bodies),
      inputName: 'demo',
      target: { kind: 'local' },
      folder: this.out,
      fresh: false,
      // A thread takes a second to start on a busy machine.
      concurrency: 1,
      batchSize: 10,
      containerFile: this.files.container,
      settings: {
        pipeline: 'demo',
        appFile: this.files.app,
        requesterPays: false,
        timeoutSeconds: 20,
        maxReceiveCount: 2,
        retryDelaySeconds: 0,
        sourceMap: { from: 's3://demo/', to: `${this.bucket}/` },
      },
      terminal: { write: () => undefined },
      signal: new AbortController().signal,
      ...options,
    });
  }

  read(name: string): string {
    return readFileSync(join(this.out, name), 'utf8');
  }

  lines(name: string): Record<string, unknown>[] {
    return jsonLines(this.read(name)) as Record<string, unknown>[];
  }

  itemIds(): string[] {
    return this.lines('items.ndjson')
      .map(({ id }) => String(id))
      .sort();
  }

  /** Forgets the last run's results and granules. */
  clear(): void {
    for (const folder of [this.out, this.bucket]) rmSync(folder, { recursive: true, force: true });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
