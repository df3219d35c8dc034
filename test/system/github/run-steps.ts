import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runChild } from '../../../cli/shared/child.js';
import type { Job } from './workflow.js';

export interface StepsOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Values of expressions, by the text between the braces. */
  readonly values: Readonly<Record<string, string>>;
  /** Names of steps to leave out. */
  readonly without: readonly string[];
}

export interface StepsOutcome {
  /** Results by the name of the step. */
  readonly codes: Readonly<Record<string, number>>;
  readonly summary: string;
  readonly log: string;
  /** Values of expressions at the end, with the outputs of the steps. */
  readonly outputs: Readonly<Record<string, string>>;
}

/** Runs the scripts of a job as GitHub does: in order, with bash -e, passing outputs to later steps. */
export async function runSteps({ steps }: Job, options: StepsOptions): Promise<StepsOutcome> {
  const folder = mkdtempSync(join(tmpdir(), 'steps-'));
  const [output, summary] = [join(folder, 'output'), join(folder, 'summary')];
  const values: Record<string, string> = { ...options.values };
  const codes: Record<string, number> = {};
  let log = '';
  writeFileSync(summary, '');
  for (const { id = '', name = '', run, if: condition, env = {} } of steps) {
    if (run === undefined || options.without.includes(name) || !holds(condition, values)) continue;
    writeFileSync(output, '');
    const given = Object.entries(env).map(
      ([key, value]) => [key, filled(String(value), values)] as const,
    );
    const files = { GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: summary };
    const { code, stdout, stderr } = await runChild('bash', ['-e', '-c', run], {
      cwd: options.cwd,
      env: { ...options.env, ...Object.fromEntries(given), ...files },
    });
    log += stdout + stderr;
    codes[name] = code;
    for (const line of readFileSync(output, 'utf8').split('\n').filter(Boolean)) {
      const [key = '', ...value] = line.split('=');
      values[`steps.${id}.outputs.${key}`] = value.join('=');
    }
    if (code !== 0) break;
  }
  return { codes, log, outputs: values, summary: readFileSync(summary, 'utf8') };
}

function filled(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$\{\{ (.*?) \}\}/g, (_, expression: string) =>
    valueOf(expression, values),
  );
}

function holds(condition: string | undefined, values: Readonly<Record<string, string>>): boolean {
  if (condition === undefined) return true;
  const [, expression = '', wanted] = /^(\S+) == '(.*)'$/.exec(condition) ?? [];
  return valueOf(expression, values) === wanted;
}

function valueOf(expression: string, values: Readonly<Record<string, string>>): string {
  const value = values[expression];
  if (value === undefined) throw new Error(`nothing stands for ${expression}`);
  return value;
}
