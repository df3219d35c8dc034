import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An error of a resource during an apply. */
export interface ResourceError {
  /** Address in the stack, such as `aws_cloudwatch_log_group.app_logs`. */
  readonly address: string;
  /** The error on one line. */
  readonly text: string;
}

type Env = Readonly<Record<string, string | undefined>>;

/** Settings of Terraform's log that a user may have chosen. */
const OWN_SETTINGS = ['TF_LOG', 'TF_LOG_CORE', 'TF_LOG_PATH'];

/**
 * The errors of an apply, from a log that Terraform writes, because cdktf shortens its lines to the width of the
 * terminal. It stays empty if the environment has settings for Terraform's log.
 */
export class ApplyErrors {
  /** Variables for the environment of Terraform. */
  readonly variables: Readonly<Record<string, string>>;
  readonly #folder = mkdtempSync(join(tmpdir(), 'deploy-'));
  readonly #file = join(this.#folder, 'errors.log');

  constructor(env: Env) {
    const isTaken = OWN_SETTINGS.some((name) => (env[name] ?? '') !== '');
    this.variables = isTaken ? {} : { TF_LOG_CORE: 'ERROR', TF_LOG_PATH: this.#file };
  }

  /** Returns the errors so far, and deletes the log. */
  take(): readonly ResourceError[] {
    const text = existsSync(this.#file) ? readFileSync(this.#file, 'utf8') : '';
    rmSync(this.#folder, { recursive: true, force: true });
    return errorsIn(text);
  }
}

const ENTRY = /^\d{4}-\d\d-\d\dT\S+ \[/;
const OF_A_RESOURCE = /^\S+ \[ERROR\] vertex "([^"]+)" error: ([^]*)$/;

/** Finds the errors of resources in Terraform's log, each address once. */
export function errorsIn(log: string): readonly ResourceError[] {
  const found = new Map<string, string>();
  for (const entry of entriesIn(log)) {
    const [, address, text] = OF_A_RESOURCE.exec(entry) ?? [];
    if (address !== undefined && text !== undefined)
      found.set(address, text.replaceAll(/\s+/g, ' ').trim());
  }
  return [...found].map(([address, text]) => ({ address, text }));
}

/** A message may have several lines; only the first one has the time. */
function entriesIn(log: string): readonly string[] {
  const entries: string[] = [];
  for (const line of log.split('\n')) {
    if (ENTRY.test(line) || entries.length === 0) entries.push(line);
    else entries.push(`${entries.pop() ?? ''}\n${line}`);
  }
  return entries;
}
