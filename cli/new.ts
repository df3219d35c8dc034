import { Command, Option } from 'commander';
import type { Answers } from './new/answers.js';
import { QUESTIONS } from './new/questions.js';
import { newPipeline } from './new/run.js';
import { runCommand } from './shared/command.js';

type NewOptions = Answers & { readonly yes?: true; readonly lock: boolean; readonly try: boolean };

const command = new Command('new')
  .description(
    `Write the folder of a new pipeline, pipelines/<id>/, with a sample and tests, and
run them. What is not given as an option is asked, if there is a terminal.
An existing folder is never overwritten, and nothing is left if it fails.`,
  )
  .usage('[options] <id>')
  .argument('[id]', 'name of the new folder: lowercase letters, digits and _');
for (const { flag, says } of QUESTIONS) {
  const option = new Option(flag, says);
  command.addOption(flag.includes('[') ? option.preset('yes') : option);
}
command
  .option('--yes', 'take defaults for what is not given; the example key and the ARNs are made up')
  .option('--no-lock', 'with --python: do not lock its packages, which needs their index')
  .option('--no-try', 'do not run the tests and the sample')
  .addHelpText(
    'after',
    '\nExample:\n  npm run new -- waves --key s3://waves/raw/2024/05/01/wave-17.nc --granule-id wave-17 --yes',
  )
  .action(create);

async function create(id: string | undefined, options: NewOptions): Promise<void> {
  const { yes, lock, try: isTried, ...given } = options;
  await newPipeline({
    id,
    given,
    isYes: yes === true,
    isLocked: lock,
    isTried,
    streams: { input: process.stdin, output: process.stderr },
    print: (text) => {
      process.stdout.write(`${text}\n`);
    },
  });
}

await runCommand(command);
