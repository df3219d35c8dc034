import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Command } from 'commander';
import { pipelineArgument, runCommand } from '../../../cli/shared/command.js';
import { UsageError } from '../../../cli/shared/usage-error.js';
import { MessageError } from '../../../lambdas/runtime/errors.js';
import { ConfigError } from '../../../modules/config/values/error.js';

interface Run {
  readonly exitCode: typeof process.exitCode;
  readonly stderr: string;
}

const exitCodeBefore = process.exitCode;
afterEach(() => {
  process.exitCode = exitCodeBefore;
});

async function run(command: Command, args: readonly string[] = [], env = {}): Promise<Run> {
  let stderr = '';
  process.exitCode = undefined;
  await runCommand(command, {
    argv: ['node', 'greet', ...args],
    env,
    stderr: { write: (text: string) => (stderr += text) },
  });
  return { exitCode: process.exitCode, stderr };
}

function greet(action: () => unknown = () => undefined): Command {
  return new Command('greet')
    .argument('<name>')
    .option('--loud', 'with an exclamation mark')
    .option('--as <name>', 'who greets')
    .action(async () => {
      await action();
    });
}

const throwing = (error: unknown) =>
  greet(() => {
    throw error;
  });

describe('a command called wrongly', () => {
  test.each([
    [['a', '--shout'], "greet: unknown option '--shout'. See --help.\n"],
    [['a', '--lout'], "greet: unknown option '--lout' (Did you mean --loud?). See --help.\n"],
    [[], "greet: missing required argument 'name'. See --help.\n"],
    [['a', 'b'], 'greet: too many arguments. Expected 1 argument but got 2. See --help.\n'],
  ])('%j: one sentence on stderr, exit code 2', async (args, stderr) => {
    expect(await run(greet(), args)).toEqual({ exitCode: 2, stderr });
  });

  test.each([
    [[''], 'greet: an argument is empty: give a value, or leave it out. See --help.\n'],
    [['a', '--as', ''], 'greet: --as is empty: give a value, or leave it out. See --help.\n'],
  ])('%j, as of a variable that is not set, is refused', async (args, stderr) => {
    expect(await run(greet(), args)).toEqual({ exitCode: 2, stderr });
  });

  test('is also one that finds so itself', async () => {
    const { exitCode, stderr } = await run(throwing(new UsageError('--from needs --to.')), ['a']);

    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: 'greet: --from needs --to. See --help.\n',
    });
  });

  test('is told in the same way by a command below it', async () => {
    const group = new Command('group').addCommand(greet());

    expect(await run(group, ['greet', '--shout'])).toEqual({
      exitCode: 2,
      stderr: "group: unknown option '--shout'. See --help.\n",
    });
  });
});

describe('a command that fails', () => {
  test.each([
    new ConfigError(['a:1:1 id: is missing', 'a:2:1 sns: is empty']),
    new MessageError('the message is no JSON'),
  ])('with $name prints its message only, exit code 1', async (error) => {
    expect(await run(throwing(error), ['a'])).toEqual({
      exitCode: 1,
      stderr: `${error.message}\n`,
    });
  });

  test('with what nobody foresaw says how to see where', async () => {
    expect(await run(throwing(new TypeError('x is undefined')), ['a'])).toEqual({
      exitCode: 1,
      stderr: 'greet: TypeError: x is undefined (DEBUG=1 shows where it was thrown)\n',
    });
    expect(await run(throwing('a text'), ['a'])).toEqual({
      exitCode: 1,
      stderr: 'greet: a text\n',
    });
  });

  test('prints the stack with DEBUG=1, and not with DEBUG=0', async () => {
    const error = new TypeError('x is undefined');

    expect((await run(throwing(error), ['a'], { DEBUG: '1' })).stderr).toContain('command.test.ts');
    expect((await run(throwing(error), ['a'], { DEBUG: '0' })).stderr).not.toContain(
      'command.test.ts',
    );
  });

  test('may set the exit code by itself', async () => {
    const command = greet(() => {
      process.exitCode = 1;
    });

    expect(await run(command, ['a'])).toEqual({ exitCode: 1, stderr: '' });
  });
});

test('a command that does its work, or is asked for help, ends with exit code 0', async () => {
  const quiet = greet().configureOutput({ writeOut: () => undefined });

  expect(await run(greet(), ['a', '--loud'])).toEqual({ exitCode: undefined, stderr: '' });
  expect(await run(quiet, ['--help'])).toEqual({ exitCode: undefined, stderr: '' });
});

describe('pipelineArgument', () => {
  const root = mkdtempSync(join(tmpdir(), 'pipelines-'));
  for (const id of ['waves', 'tides']) {
    mkdirSync(join(root, id));
    writeFileSync(join(root, id, 'config.yaml'), '');
  }

  test.each(['waves', 'waves/', join(root, 'waves'), `${root}/waves/`])(
    '%s is a pipeline',
    (value) => {
      expect(pipelineArgument(value, root)).toEqual({ id: 'waves', folder: join(root, 'waves') });
    },
  );

  test.each(['wavs', '', '.', '..', '../waves', '/etc/waves', 'waves/config.yaml'])(
    '"%s" is none, and those that exist are listed',
    (value) => {
      expect(() => pipelineArgument(value, root)).toThrow(
        new UsageError(
          `there is no pipeline ${JSON.stringify(value)}. ${root} holds tides, waves.`,
        ),
      );
    },
  );
});
