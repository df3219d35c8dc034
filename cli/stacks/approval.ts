import { UsageError } from '../shared/command.js';

/** The option of cdktf that approves, as yargs reads it. */
const APPROVE = /^--(auto-approve|autoApprove)(=true)?$/;

/**
 * Throws UsageError if no one can approve what a deploy or destroy is about to change. cdktf would end with a stack
 * trace then, and cdktn with the exit code 0 and nothing done.
 */
export function checkApproval(verb: 'deploy' | 'destroy', options: readonly string[]): void {
  const variable = process.env['CDKTF_AUTO_APPROVE'] ?? '';
  if (process.stdin.isTTY || options.some((word) => APPROVE.test(word)) || variable === 'true')
    return;
  throw new UsageError(
    `no one can approve the ${verb}, because stdin is not a terminal: add --auto-approve`,
  );
}
