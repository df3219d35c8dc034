import { Command } from 'commander';
import { ConfigError } from '../modules/config/values/error.js';
import { parseProject } from '../modules/config/names.js';
import { wrong } from './doctor/check.js';
import { CHECKS } from './doctor/checks.js';
import { doctorJson, doctorText } from './doctor/report.js';
import { isWrong, runChecks, type Finding } from './doctor/run.js';
import { doctorSubject } from './doctor/subject.js';
import {
  requiredPipeline,
  runCommand,
  wholeNumber,
  type PipelineFolder,
} from './shared/command.js';
import { printLine } from './shared/terminal.js';
import { deployedPipeline } from './shared/deployed-pipeline.js';

interface DoctorOptions {
  readonly json?: true;
  readonly limit: number;
}

const DEFAULT_LIMIT_SECONDS = 30;

const command = new Command('doctor')
  .description(
    `Check on the real account what a deployment of a pipeline needs: credentials and
permissions, state, secret, ingestor, source, topic, inventory and quotas. Nothing changes.

The exit code is 1 if anything is wrong.`,
  )
  .usage('[options] <pipeline>')
  .argument('[pipeline]', 'name of a folder in pipelines/')
  .option(
    '--limit <seconds>',
    'give each check so long',
    wholeNumber('--limit', 1),
    DEFAULT_LIMIT_SECONDS,
  )
  .option('--json', 'print one JSON object')
  .addHelpText('after', '\nExample:\n  PROJECT=demo npm run doctor -- sentinel1')
  .action(async (name: string | undefined, { json, limit }: DoctorOptions) => {
    const folder = requiredPipeline(name);
    const findings = await findingsFor(folder, limit * 1000);
    const text = json ? doctorJson(folder.id, findings) : doctorText(folder.id, findings);
    await printLine(text);
    // A check that was given up may still wait for an answer.
    process.exit(isWrong(findings) ? 1 : 0);
  });

async function findingsFor(folder: PipelineFolder, limitMs: number): Promise<Finding[]> {
  const { env } = process;
  try {
    const [project, pipeline] = [parseProject(env['PROJECT']), deployedPipeline(folder)];
    const subject = doctorSubject({ pipeline, project, env, root: process.cwd() });
    return await runChecks(CHECKS, subject, { limitMs });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const remedy = 'correct this first: the other checks need the configuration';
    return [{ check: 'configuration', ...wrong(error.message.replaceAll('\n', '; '), remedy) }];
  }
}

await runCommand(command);
