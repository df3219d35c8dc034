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

test('what was sent and not deleted is known to the next one, whatever became of the process', () => {
  const killed = new RedriveJournal(path);
  killed.note('sending', ['a', 'b', 'c']);
  killed.note('sent', ['a', 'b']);
  killed.note('deleted', ['a']);

  const next = new RedriveJournal(path);

  expect(['a', 'b', 'c', 'd'].map((id) => next.wasSent(id))).toEqual([false, true, false, false]);
  expect(['a', 'b', 'c', 'd'].map((id) => next.mayHaveBeenSent(id))).toEqual([
    false,
    false,
    true,
    false,
  ]);
});

test('the file goes once everything in it is done with, and stays before', () => {
  const journal = new RedriveJournal(path);
  journal.note('sent', ['a']);
  journal.close();
  expect(existsSync(path)).toBe(true);

  journal.note('deleted', ['a']);
  journal.close();
  expect(existsSync(path)).toBe(false);
});

test('half a line of a killed process is no reason not to read the others', () => {
  const killed = new RedriveJournal(path);
  killed.note('sent', ['a']);
  killed.close();
  appendFileSync(path, '{"state":"sent","ids":["b');

  const next = new RedriveJournal(path);
  next.note('sent', ['c']);

  expect(['a', 'b', 'c'].map((id) => new RedriveJournal(path).wasSent(id))).toEqual([
    true,
    false,
    true,
  ]);
});

test('a journal of which nothing is noted writes no file', () => {
  const journal = new RedriveJournal(path);
  journal.note('sent', []);
  journal.close();

  expect(existsSync(path)).toBe(false);
});
