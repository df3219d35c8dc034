import { Command } from 'commander';
import { runCommand } from '../../cli/shared/command.js';
import { backfillCommand } from './backfill/command.js';
import { chaosCommand } from './chaos/command.js';
import { messagesCommand } from './messages/command.js';

const command = new Command('faults')
  .description(
    'Run a part of the system while its services fail and its process is killed, and count what is lost.',
  )
  .addCommand(messagesCommand)
  .addCommand(backfillCommand)
  .addCommand(chaosCommand);

await runCommand(command);
