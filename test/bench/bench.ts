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
  .description('Time what must be fast, side by side with what it is compared to.')
  .addArgument(
    new Argument('[parts...]', 'which').choices(Object.keys(PARTS)).default(Object.keys(PARTS)),
  )
  .option('--reference', 'install the Python reference in an environment of its own and time it')
  .option('--items <n>', 'Items of the memory run; 0: none', wholeNumber('--items', 0), 100_000)
  .option('--granules <n>', 'granules of the local run', wholeNumber('--granules', 0), 10_000)
  .option(
    '--keys <n>',
    'keys of the inventory that becomes messages',
    wholeNumber('--keys', 0),
    1_000_000,
  )
  .option('--rows <n>', 'rows that are sent over HTTP', wholeNumber('--rows', 0), 10_000)
  .option('--sqs <url>', 'an emulator of SQS that rows are sent to as well, with AWS_* as set')
  .option('--pipelines <n>', 'pipelines of a large synth', wholeNumber('--pipelines', 0), 50)
  .action(async (parts: readonly string[], options: BenchOptions) => {
    for (const part of parts) await PARTS[part]?.(options);
  });

function print(name: string, value: string): void {
  process.stdout.write(`${name.padEnd(34)} ${value}\n`);
}

await runCommand(command);
