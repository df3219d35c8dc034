import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { placePipeline } from '../../../cli/new/place.js';

const files = { 'config.yaml': 'id: waves\n', 'sample/bucket/a/b.nc': new Uint8Array([1, 2]) };
const here = process.cwd();
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'place-'));
  process.chdir(root);
});

afterEach(() => {
  process.chdir(here);
});

function all(): string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' }).sort();
}

describe('the folder of a new pipeline', () => {
  test('appears as a whole, when it is complete', async () => {
    let seen: unknown;
    await placePipeline({
      id: 'waves',
      files,
      complete: (folder) => {
        seen = { made: readdirSync(folder), isThere: existsSync('pipelines/waves') };
        writeFileSync(join(folder, 'requirements.txt'), 'a==1\n');
        return Promise.resolve();
      },
    });

    expect(seen).toEqual({ made: ['config.yaml', 'sample'], isThere: false });
    expect(readdirSync('pipelines/waves')).toEqual(['config.yaml', 'requirements.txt', 'sample']);
    expect([...readFileSync('pipelines/waves/sample/bucket/a/b.nc')]).toEqual([1, 2]);
    expect(readdirSync('.generated')).toEqual([]);
  });

  test('leaves nothing if it cannot be completed, and no handler of Ctrl-C', async () => {
    const before = process.listenerCount('SIGINT');
    const complete = () => Promise.reject(new Error('no lock'));

    await expect(placePipeline({ id: 'waves', files, complete })).rejects.toThrow('no lock');
    expect(all()).toEqual(['.generated']);
    expect(process.listenerCount('SIGINT')).toBe(before);
  });

  test('is never overwritten, also if it appears meanwhile', async () => {
    const refusal = /^pipelines\/waves exists already, and is never overwritten/;
    const complete = () => {
      mkdirSync('pipelines/waves', { recursive: true });
      writeFileSync('pipelines/waves/config.yaml', 'mine');
      return Promise.resolve();
    };

    await expect(placePipeline({ id: 'waves', files, complete })).rejects.toThrow(refusal);
    await expect(placePipeline({ id: 'waves', files })).rejects.toThrow(refusal);
    expect(readFileSync('pipelines/waves/config.yaml', 'utf8')).toBe('mine');
    expect(all()).toEqual([
      '.generated',
      'pipelines',
      'pipelines/waves',
      'pipelines/waves/config.yaml',
    ]);
  });
});
