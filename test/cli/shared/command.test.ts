import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Command } from 'commander';
import {
  CommandError,
  pipelineArgument,
  runCommand,
  UsageError,
} from '../../../cli/shared/command.js';
import { MessageError } from '../../../lambdas/runtime/errors.js';
import { BundleError } from '../../../modules/bundling/bundle.js';
import { ConfigError } from '../../../modules/config/values/error.js';

interface Run {
  readonly exitCode: typeof process.exitCode;
  readonly stderr: string;
}

const HINT = 'Run "npm run greet -- --help" for usage.\n';

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
    .option('--loud', 'add an exclamation mark')
    .option('--as <name>', 'name of the greeter')
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
    [['a', '--shout'], `greet: unknown option '--shout'. ${HINT}`],
    [['a', '--lout'], `greet: unknown option '--lout' (Did you mean --loud?). ${HINT}`],
    [[], `greet: missing required argument 'name'. ${HINT}`],
    [['a', 'b'], `greet: too many arguments. Expected 1 argument but got 2. ${HINT}`],
  ])('%j: one sentence on stderr and exit code 2', async (args, stderr) => {
    expect(await run(greet(), args)).toEqual({ exitCode: 2, stderr });
  });

  test.each([
    [[''], `greet: an argument is empty: pass a value or omit it. ${HINT}`],
    [['a', '--as', ''], `greet: --as is empty: pass a value or omit it. ${HINT}`],
  ])('%j, the result of an unset variable, is rejected', async (args, stderr) => {
    expect(await run(greet(), args)).toEqual({ exitCode: 2, stderr });
  });

  test('also if it throws UsageError itself', async () => {
    const { exitCode, stderr } = await run(throwing(new UsageError('--from needs --to.')), ['a']);

    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: `greet: --from needs --to. ${HINT}`,
    });
  });

  test('also if it is a subcommand', async () => {
    const group = new Command('group').addCommand(greet());

    expect(await run(group, ['greet', '--shout'])).toEqual({
      exitCode: 2,
      stderr: `group: unknown option '--shout'. Run "npm run group -- --help" for usage.\n`,
    });
  });

  test('[N29] also without a subcommand: the known ones are listed', async () => {
    const group = new Command('group').addCommand(greet()).addCommand(new Command('part'));

    expect(await run(group)).toEqual({
      exitCode: 2,
      stderr: `group: missing command (known: greet, part). Run "npm run group -- --help" for usage.\n`,
    });
  });
});

describe('a command that fails', () => {
  test.each([
    new ConfigError(['a:1:1 id: is missing', 'a:2:1 sns: is empty']),
    new MessageError('the message is not JSON'),
  ])('with $name prints only its message, with exit code 1', async (error) => {
    expect(await run(throwing(error), ['a'])).toEqual({
      exitCode: 1,
      stderr: `${error.message}\n`,
    });
  });

  test.each<[string, () => unknown, string]>([
    [
      'a file that does not exist',
      () => readFileSync('nowhere.md'),
      'nowhere.md cannot be read: it does not exist',
    ],
    [
      'a path below a file',
      () => mkdirSync('package.json/x', { recursive: true }),
      'package.json/x cannot be written: a part of the path is a file, not a folder',
    ],
  ])('[N29] because of %s says which, and why', async (_, action, sentence) => {
    expect(await run(greet(action), ['a'])).toEqual({
      exitCode: 1,
      stderr: `greet: ${sentence}\n`,
    });
  });

  test('[N29] for a known reason gives it, without a hint at the stack', async () => {
    const error = new CommandError('SQS did not delete 2 dead letters');

    expect(await run(throwing(error), ['a'])).toEqual({
      exitCode: 1,
      stderr: 'greet: SQS did not delete 2 dead letters\n',
    });
  });

  test('[N29] because a bundle cannot be built lists the places', async () => {
    const error = new BundleError('pipelines/x/app.ts:1:2: Unexpected ";"');

    expect((await run(throwing(error), ['a'])).stderr).toBe(`${error.message}\n`);
  });

  test('unexpectedly says how to see the stack trace', async () => {
    expect(await run(throwing(new TypeError('x is undefined')), ['a'])).toEqual({
      exitCode: 1,
      stderr: 'greet: TypeError: x is undefined (set DEBUG=1 for the stack trace)\n',
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

  test('can set the exit code itself', async () => {
    const command = greet(() => {
      process.exitCode = 1;
    });

    expect(await run(command, ['a'])).toEqual({ exitCode: 1, stderr: '' });
  });
});

test('success and --help have exit code 0', async () => {
  const quiet = greet().configureOutput({ writeOut: () => undefined });

  expect(await run(greet(), ['a', '--loud'])).toEqual({ exitCode: undefined, stderr: '' });
  expect(await run(quiet, ['--help'])).toEqual({ exitCode: undefined, stderr: '' });
});

test('the usage of a command and of a subcommand is what to type', async () => {
  const lines: string[] = [];
  const group = new Command('group').addCommand(greet());
  for (const command of [group, ...group.commands]) {
    command.configureOutput({ writeOut: (text) => void lines.push(text.split('\n')[0] ?? '') });
  }

  await run(group, ['--help']);
  await run(group, ['greet', '--help']);

  expect(lines).toEqual([
    'Usage: npm run group -- [options] [command]',
    'Usage: npm run group -- greet [options] <name>',
  ]);
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
    '"%s" is unknown, and the known ones are listed',
    (value) => {
      expect(() => pipelineArgument(value, root)).toThrow(
        new UsageError(`unknown pipeline ${JSON.stringify(value)} (known: tides, waves)`),
      );
    },
  );
});
