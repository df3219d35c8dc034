import { Argument, Command } from 'commander';
import { benchBackfill } from './backfill.js';
import { benchItems } from './items.js';
import { benchLocalRun } from './local.js';
import { benchStacks } from './stacks.js';
import { runCommand, wholeNumber } from '../../cli/shared/command.js';

interface BenchOptions {
  readonly reference?: true;
  readonly items: number;
  readonly granules: number;
  readonly pipelines: number;
  readonly keys: number;
  readonly rows: number;
  readonly sqs?: string;
}

const PARTS: Readonly<Record<string, (options: BenchOptions) => Promise<void> | void>> = {
  items: ({ reference = false, items }) => benchItems({ reference, items, print }),
  local: ({ granules }) => {
    benchLocalRun(granules, print);
  },
  backfill: ({ keys, rows, sqs }) => benchBackfill({ keys, rows, sqs, print }),
  stacks: ({ pipelines }) => benchStacks(pipelines, print),
};

const command = new Command('bench')
  .description('Measure the parts that must be fast, next to what they are compared with.')
  .addArgument(
    new Argument('[parts...]', 'parts to measure')
      .choices(Object.keys(PARTS))
      .default(Object.keys(PARTS)),
  )
  .option('--reference', 'also measure the Python reference, which is installed in .venv/reference')
  .option('--items <n>', 'Items of the memory run; 0 skips it', wholeNumber('--items', 0), 100_000)
  .option(
    '--granules <n>',
    'number of granules of the local run',
    wholeNumber('--granules', 0),
    10_000,
  )
  .option(
    '--keys <n>',
    'number of keys in the inventory; 0 skips it',
    wholeNumber('--keys', 0),
    1_000_000,
  )
  .option(
    '--rows <n>',
    'number of rows to send over HTTP; 0 skips it',
    wholeNumber('--rows', 0),
    10_000,
  )
  .option(
    '--sqs <url>',
    'URL of an SQS emulator to send rows to as well, with credentials from AWS_*',
  )
  .option(
    '--pipelines <n>',
    'number of pipelines of the large synth',
    wholeNumber('--pipelines', 0),
    50,
  )
  .addHelpText('after', '\nExample:\n  npm run bench -- items backfill')
  .action(async (parts: readonly string[], options: BenchOptions) => {
    for (const part of parts) await PARTS[part]?.(options);
  });

function print(name: string, value: string): void {
  process.stdout.write(`${name.padEnd(34)} ${value}\n`);
}

await runCommand(command);
