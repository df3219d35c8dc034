import { Command } from 'commander';
import { benchBackfill } from './backfill.js';
import { benchCost } from './cost/cost.js';
import type { Figures } from './figures.js';
import { benchFleet } from './fleet.js';
import { benchHandler } from './handler.js';
import { benchItems } from './items.js';
import { benchLocalRun } from './local.js';
import { benchPython } from './python/python.js';
import { benchReconcile } from './reconcile/reconcile.js';
import { benchStacks } from './stacks.js';
import { benchVerify } from './verify/verify.js';
import { runCommand, UsageError, wholeNumber } from '../../cli/shared/command.js';

interface BenchOptions {
  readonly reference?: true;
  readonly rounds: number;
  readonly items: number;
  readonly granules: number;
  readonly pipelines: number;
  readonly fleet: number;
  readonly keys: number;
  readonly rows: number;
  readonly posted: number;
  readonly scenes: number;
  readonly ids: number;
  readonly sqs?: string;
}

type Part = (options: BenchOptions) => Promise<Figures> | Figures;

const PARTS: Readonly<Record<string, Part>> = {
  items: ({ reference = false, items, rounds }) => benchItems({ reference, items, rounds, print }),
  handler: () => benchHandler(print),
  local: ({ granules }) => benchLocalRun(granules, print),
  backfill: ({ keys, rows, sqs, rounds }) => benchBackfill({ keys, rows, sqs, rounds, print }),
  cost: ({ reference = false, rounds }) => benchCost({ reference, rounds, print }),
  verify: ({ posted }) => benchVerify(posted, print),
  python: ({ scenes: granules, rounds }) => benchPython({ granules, rounds, print }),
  reconcile: ({ ids }) => benchReconcile(ids, print),
  stacks: ({ pipelines, rounds }) => benchStacks({ pipelines, rounds, print }),
  fleet: ({ fleet }) => benchFleet(fleet, print),
};

const HELP = `
Parts:
  items     time to create the Item of a granule, and growth of the heap
  handler   time that the granule handler adds to each message
  local     Items per second of a local run
  backfill  rows sent in batches compared with one SendMessage per row; inventory to messages
  cost      what Lambda bills for a million Items, beside the Python reference in a handler
  verify    loaded Items that the verifying function settles in a second
  python    Items by a Python package: the worker compared with the function alone and with uvx
  reconcile ids a second of the comparison of an inventory with a catalogue, and its memory
  stacks    synth of one pipeline compared with a bare cdktf app; synth of many; bundles
  fleet     commands about all of many pipelines, compared with half as many

Progress goes to stderr. For each part, stdout gets one line with a JSON object: ratios first, null for
what was not measured. docs/benchmarks.md explains the keys.

Examples:
  npm run bench -- items --reference
  npm run --silent bench -- backfill --keys 0 | jq .timesOneByOne`;

const command = new Command('bench')
  .description('Measure the parts that must be fast, next to what they are compared with.')
  .argument('[parts...]', 'parts to measure (default: all)', addPart)
  .option('--rounds <n>', 'number of rounds of each comparison', wholeNumber('--rounds', 1), 5)
  .option(
    '--reference',
    'items, cost: also measure the Python reference, which is installed in .venv/reference',
  )
  .option(
    '--items <n>',
    'items: number of Items of the heap measurement; 0 skips it',
    wholeNumber('--items', 0),
    100_000,
  )
  .option('--granules <n>', 'local: number of granules', wholeNumber('--granules', 1), 10_000)
  .option(
    '--keys <n>',
    'backfill: number of keys in the inventory; 0 skips it',
    wholeNumber('--keys', 0),
    1_000_000,
  )
  .option(
    '--rows <n>',
    'backfill: number of rows to send over HTTP; 0 skips it',
    wholeNumber('--rows', 0),
    10_000,
  )
  .option('--posted <n>', 'verify: number of posted Items', wholeNumber('--posted', 1), 10_000)
  .option(
    '--scenes <n>',
    'python: number of granules of a local run; 0 skips it',
    wholeNumber('--scenes', 0),
    1_000,
  )
  .option('--ids <n>', 'reconcile: ids of each side', wholeNumber('--ids', 1), 10_000_000)
  .option(
    '--sqs <url>',
    'backfill: URL of an SQS emulator to send rows to as well, with credentials from AWS_*',
  )
  .option(
    '--pipelines <n>',
    'stacks: number of pipelines of the large synth; 0 skips it',
    wholeNumber('--pipelines', 0),
    50,
  )
  .option('--fleet <n>', 'fleet: number of pipelines, an even one', wholeNumber('--fleet', 2), 100)
  .addHelpText('after', HELP)
  .action(async (given: readonly string[] | undefined, options: BenchOptions) => {
    for (const part of given ?? Object.keys(PARTS)) {
      const figures = await PARTS[part]?.(options);
      process.stdout.write(`${JSON.stringify({ ...figures, part })}\n`);
    }
  });

function addPart(part: string, earlier: readonly string[] = []): readonly string[] {
  if (Object.hasOwn(PARTS, part)) return [...earlier, part];
  const known = Object.keys(PARTS).join(', ');
  throw new UsageError(`unknown part ${JSON.stringify(part)} (known: ${known})`);
}

function print(name: string, value: string): void {
  process.stderr.write(`${name.padEnd(34)} ${value}\n`);
}

await runCommand(command);
