import { Command } from 'commander';
import { runCommand } from './command.js';
import { backfillCommand } from './faults-backfill.js';
import { messagesCommand } from './faults-messages.js';

const command = new Command('faults')
  .description('Run a part of the system while everything around it fails, and count what is lost.')
  .addCommand(messagesCommand)
  .addCommand(backfillCommand);

await runCommand(command);
