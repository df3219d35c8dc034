import { PassThrough } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { askQuestions } from '../../../cli/new/ask.js';

interface Terminal {
  readonly input: PassThrough & { isTTY: boolean };
  readonly output: PassThrough;
  /** What was asked so far. */
  readonly asked: () => string;
}

function terminal(): Terminal {
  const input = Object.assign(new PassThrough(), { isTTY: true });
  const output = new PassThrough();
  let text = '';
  output.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return { input, output, asked: () => text };
}

/** Answers each question with the next line, when it is asked. */
function typing(lines: readonly string[]): Terminal {
  const { input, output, asked } = terminal();
  const left = [...lines];
  output.on('data', (chunk: Buffer) => {
    if (!/[?:)] (?:\[.*\] )?$/s.test(chunk.toString())) return;
    const line = left.shift();
    if (line === undefined) input.end();
    else input.write(`${line}\n`);
  });
  return { input, output, asked };
}

describe('on a terminal', () => {
  test('what is not given is asked, Enter takes the default, and a wrong answer is asked for again', async () => {
    const lines = [
      'none',
      'raw/2024/05/01/wave-17.nc',
      'wave-18',
      'wave-17',
      ...Array<string>(12).fill(''),
    ];
    const { asked, ...streams } = typing(lines);

    const { answers, madeUp } = await askQuestions({
      id: 'waves',
      given: { title: 'Waves' },
      isYes: false,
      streams,
    });

    expect(answers).toMatchObject({
      messages: 'none',
      key: 'raw/2024/05/01/wave-17.nc',
      granuleId: 'wave-17',
      day: '2024/05/01',
      title: 'Waves',
      start: '2024-05-01',
    });
    expect(asked()).toContain('That must be a part of the key, raw/2024/05/01/wave-17.nc.');
    expect(asked()).not.toContain('The title');
    expect(asked()).not.toContain('topic that announces');
    expect(madeUp).toEqual([]);
  });

  test('nothing is asked with --yes', async () => {
    const { asked, ...streams } = typing([]);

    const { madeUp } = await askQuestions({ id: 'waves', given: {}, isYes: true, streams });

    expect(asked()).toBe('');
    expect(madeUp.map(({ name }) => name)).toEqual([
      'key',
      'bucket',
      'region',
      'topic',
      'inventoryLocation',
    ]);
  });

  test.each([[[]], [['none', 'a-1.nc']]])(
    'after %j the end of the input, or Ctrl-C, ends the questions',
    async (lines) => {
      const { input, output } = typing(lines);

      await expect(
        askQuestions({ id: 'waves', given: {}, isYes: false, streams: { input, output } }),
      ).rejects.toMatchObject({
        name: 'CommandError',
        message: 'interrupted: nothing was written',
      });
    },
  );
});
