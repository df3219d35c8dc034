import { Command } from 'commander';
import { runCommand, wholeNumber } from '../../cli/shared/command.js';
import { fuzz, MAX_MEGABYTES, type FuzzSummary } from './fuzz-run.js';

const command = new Command('fuzz')
  .description(
    'Run the sentinel1 handler on damaged manifests and messages. Each must end as an Item, a skip or a typed error. The last line is one JSON object.',
  )
  .option('--count <n>', 'number of cases', wholeNumber('--count', 1), 100_000)
  .option('--seed <s>', 'seed for the cases', wholeNumber('--seed', 0), 1)
  .action(async (options: { readonly count: number; readonly seed: number }) => {
    const summary = await fuzz(options);
    process.stdout.write(`${summaryText(summary)}\n${JSON.stringify(summary)}\n`);
    if (summary.findings.length > 0 || summary.peakMegabytes > MAX_MEGABYTES) process.exitCode = 1;
  });

function summaryText({ counts, findings, slowest, seconds, peakMegabytes }: FuzzSummary): string {
  const { posted, refused, skipped } = counts;
  return [
    `posted ${posted}, refused ${refused}, skipped ${skipped}, findings ${findings.length}`,
    `slowest ${slowest.milliseconds.toFixed(1)} ms (case ${slowest.number}), memory ${peakMegabytes} MB at most, ${seconds.toFixed(1)} s`,
    ...findings.slice(0, 20).map(({ number, finding }) => `case ${number}: ${finding}`),
  ].join('\n');
}

await runCommand(command);
