import { describe, expect, test } from '@jest/globals';

import { duration, messageLine, stackPrinter, startProgress } from '../../../local/run/progress.js';

function terminalOf(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, columns: 120, written, write: (text: string) => written.push(text) };
}

describe('the text of the progress', () => {
  test.each([
    [{ done: 50, total: undefined, failed: 0 }, 10, '50 messages, 5.0/s'],
    [{ done: 500, total: 1000, failed: 0 }, 10, '500 of 1000 messages, 50/s, 10 s left'],
    [
      { done: 100, total: 1000, failed: 2 },
      10,
      '100 of 1000 messages, 10/s, 1 min 30 s left, 2 failed',
    ],
    [{ done: 10, total: 100_000, failed: 0 }, 10, '10 of 100000 messages, 1.0/s, 27 h 47 min left'],
    [{ done: 0, total: 5, failed: 0 }, 0, '0 of 5 messages, 0.0/s'],
  ])('%j after %d s', (counts, seconds, text) => {
    expect(messageLine(counts, seconds).text).toBe(text);
  });
});

describe('on a terminal', () => {
  test('the bar is redrawn in place and cleared at the end', () => {
    let now = 0;
    const terminal = terminalOf(true);
    const progress = startProgress({ terminal, lineOf: messageLine, now: () => now });

    now = 1000;
    progress.update({ done: 6, total: 12, failed: 0 });
    now = 1050;
    progress.update({ done: 7, total: 12, failed: 0 });
    progress.end();

    expect(terminal.written).toEqual([
      '\r[############------------] 6 of 12 messages, 6.0/s, 1 s left\u001b[K',
      '\r\u001b[K',
    ]);
  });
});

test('a narrow terminal shows the text without the bar, as far as it fits', () => {
  const terminal = { ...terminalOf(true), columns: 20 };
  let now = 0;
  const lineOf = (text: string) => ({ text, share: 0.5 });
  const progress = startProgress({ terminal, lineOf, now: () => now });

  now = 1000;
  progress.update('chunk 1, 30 rows/s');
  now = 2000;
  progress.update('chunk 1000000, 30 rows/s');

  expect(terminal.written).toEqual([
    '\rchunk 1, 30 rows/s\u001b[K',
    '\rchunk 1000000, 30 ro\u001b[K',
  ]);
});

describe('without a terminal', () => {
  test('[N21] plain lines are written ever less often, not a flood', () => {
    let now = 0;
    const terminal = terminalOf(false);
    const lineOf = (time: number) => ({ text: `${time}` });
    const progress = startProgress({ terminal, lineOf, now: () => now });

    for (now = 1000; now <= 3_600_000; now += 1000) progress.update(now / 1000);
    progress.end();

    const times = terminal.written.map(Number);
    expect(times.slice(0, 7)).toEqual([5, 10, 20, 40, 80, 140, 200]);
    expect(times).toHaveLength(63);
  });
});

test.each([
  [0, '0 s'],
  [59.2, '1 min 0 s'],
  [3599.6, '1 h 0 min'],
  [7199, '2 h 0 min'],
  [7260, '2 h 1 min'],
])('%d seconds are %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

test('[N22] a stack is printed on lines of its own, once for each place', () => {
  const [terminal, file] = [terminalOf(true), terminalOf(false)];
  for (const print of [stackPrinter(terminal), stackPrinter(file)]) {
    for (const stack of ['E: a\n at x:1', 'E: b\n at x:1', 'E: a\n at x:2']) print(stack);
  }

  expect(terminal.written).toEqual(['\r\u001b[KE: a\n at x:1\n', '\r\u001b[KE: a\n at x:2\n']);
  expect(file.written).toEqual(['E: a\n at x:1\n', 'E: a\n at x:2\n']);
});
