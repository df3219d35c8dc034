import { describe, expect, test } from '@jest/globals';

import { progressText, startProgress } from '../../../local/run/progress.js';

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
    expect(progressText(counts, seconds)).toBe(text);
  });
});

describe('on a terminal', () => {
  test('the bar is redrawn in place and cleared at the end', () => {
    let now = 0;
    const terminal = terminalOf(true);
    const progress = startProgress(terminal, () => now);

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

describe('without a terminal', () => {
  test('a plain line is written every five seconds', () => {
    let now = 0;
    const terminal = terminalOf(false);
    const progress = startProgress(terminal, () => now);

    for (now = 1000; now <= 11_000; now += 1000)
      progress.update({ done: now / 1000, total: undefined, failed: 0 });
    progress.end();

    expect(terminal.written).toEqual(['5 messages, 1.0/s\n', '10 messages, 1.0/s\n']);
  });
});
