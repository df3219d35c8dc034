import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { configPage } from '../modules/config/page.js';
import { runCommand } from './shared/command.js';

const PAGE = join('docs', 'config.md');

const command = new Command('docs')
  .description(`Write ${PAGE} from the table of config keys.`)
  .addHelpText('after', '\nExample:\n  npm run docs')
  .action(() => {
    writeFileSync(join(import.meta.dirname, '..', PAGE), configPage());
    process.stdout.write(`${PAGE}\n`);
  });

await runCommand(command);
