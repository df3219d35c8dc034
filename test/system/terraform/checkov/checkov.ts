import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pythonEnvironment, type Environment } from '../../../support/python-environment.js';

/** Blocks of a stack or module, by their types (`resource`, `data` ...). */
export type TerraformJson = Readonly<Record<string, unknown>>;

export interface Finding {
  readonly check: string;
  /** `<stack or module>/<resource>` */
  readonly where: string;
}

export interface Scan {
  readonly findings: readonly Finding[];
  /** Number of checks that a resource passed. */
  readonly passed: number;
}

interface Report {
  readonly results: {
    readonly failed_checks: readonly {
      readonly check_id: string;
      readonly file_path: string;
      readonly resource: string;
    }[];
    readonly passed_checks: readonly object[];
    readonly parsing_errors: readonly string[];
  };
}

const OPTIONS = [
  '--framework',
  'terraform_json',
  '--skip-download',
  '--compact',
  '--output',
  'json',
];
const MAX_BYTES = 256 * 1024 * 1024;

/** Returns the Python that has checkov, which is installed once, or why there is none. */
export function findCheckov(): Promise<Environment> {
  return pythonEnvironment({ id: 'checkov', folder: import.meta.dirname });
}

/** Runs checkov over stacks and modules by their names, without the network. Throws if it could not read one of them. */
export async function scan(
  python: string,
  parts: Readonly<Record<string, TerraformJson>>,
): Promise<Scan> {
  const folder = mkdtempSync(join(tmpdir(), 'checkov-'));
  try {
    for (const [name, json] of Object.entries(parts)) write(join(folder, name), json);
    const { stdout, stderr } = await run(python, folder);
    const { results } = JSON.parse(stdout) as Report;
    const unread = [...results.parsing_errors, ...stderr.split('\n').filter(isUnread)];
    if (unread.length > 0) throw new Error(`checkov could not read: ${unread.join('\n')}`);
    return {
      findings: results.failed_checks.map(({ check_id: check, file_path: path, resource }) => ({
        check,
        where: `${path.split('/').at(-2) ?? ''}/${resource}`,
      })),
      passed: results.passed_checks.length,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Without the block `terraform`, because checkov does not read a stack whose required_version is a text. */
function write(folder: string, part: TerraformJson): void {
  const json = Object.fromEntries(Object.entries(part).filter(([type]) => type !== 'terraform'));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'main.tf.json'), JSON.stringify(json, undefined, 1));
}

async function run(python: string, folder: string) {
  const words = ['-m', 'checkov.main', ...OPTIONS, '--directory', folder];
  try {
    return await promisify(execFile)(python, words, { env: environment(), maxBuffer: MAX_BYTES });
  } catch (error) {
    const { code, stdout, stderr } = error as Readonly<Record<'stdout' | 'stderr', string>> & {
      readonly code?: unknown;
    };
    // 1 means that there are findings.
    if (code === 1 && stdout.startsWith('{')) return { stdout, stderr };
    throw error;
  }
}

function environment(): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    HOME: tmpdir(),
    // A request would fail at once.
    HTTPS_PROXY: 'http://127.0.0.1:9',
    // Rendering fails for dynamic blocks in JSON, and then checkov leaves out the rest of the file.
    CHECKOV_RENDER_DYNAMIC_MODULES: 'false',
  };
}

function isUnread(line: string): boolean {
  return /Failed to (add block|parse)/.test(line);
}
