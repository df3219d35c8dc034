import { appendFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { RedriveJournal } from '../../../cli/redrive/journal.js';

let path: string;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journal-'));
  path = join(folder, 'out', 'journal.ndjson');
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('the next redrive knows what was sent but not deleted, even after a kill', () => {
  const killed = new RedriveJournal(path);
  killed.record('sending', ['a', 'b', 'c']);
  killed.record('sent', ['a', 'b']);
  killed.record('deleted', ['a']);

  const next = new RedriveJournal(path);

  expect(['a', 'b', 'c', 'd'].map((id) => next.wasSent(id))).toEqual([false, true, false, false]);
  expect(['a', 'b', 'c', 'd'].map((id) => next.mayHaveBeenSent(id))).toEqual([
    false,
    false,
    true,
    false,
  ]);
});

test('the file is deleted once every message in it is done', () => {
  const journal = new RedriveJournal(path);
  journal.record('sent', ['a']);
  journal.close();
  expect(existsSync(path)).toBe(true);

  journal.record('deleted', ['a']);
  journal.close();
  expect(existsSync(path)).toBe(false);
});

test('half a line of a killed process does not affect the other lines', () => {
  const killed = new RedriveJournal(path);
  killed.record('sent', ['a']);
  killed.close();
  appendFileSync(path, '{"state":"sent","ids":["b');

  const next = new RedriveJournal(path);
  next.record('sent', ['c']);

  expect(['a', 'b', 'c'].map((id) => new RedriveJournal(path).wasSent(id))).toEqual([
    true,
    false,
    true,
  ]);
});

test('an empty journal writes no file', () => {
  const journal = new RedriveJournal(path);
  journal.record('sent', []);
  journal.close();

  expect(existsSync(path)).toBe(false);
});
