import { Command } from 'commander';
import { explainConfig, explainJson, explainText } from './config/explain.js';
import { requiredPipeline, runCommand } from './shared/command.js';
import { printLine } from './shared/terminal.js';

const command = new Command('config')
  .description(
    `Print the config of a pipeline for PROJECT, with the origin of each value: a line of
config.yaml or of environments/<PROJECT>.yaml, or the default.`,
  )
  .usage('[options] <pipeline>')
  .argument('[pipeline]', 'name of a folder in pipelines/')
  .option('--json', 'print JSON: { "<key>": { "value": ..., "origin": "path:line" } }')
  .addHelpText('after', '\nExample:\n  PROJECT=demo npm run config -- sentinel1')
  .action(async (name: string | undefined, { json }: { readonly json?: true }) => {
    const values = explainConfig(requiredPipeline(name), process.env['PROJECT']);
    await printLine(json ? explainJson(values) : explainText(values));
  });

await runCommand(command);
