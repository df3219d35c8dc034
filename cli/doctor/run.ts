import { errorText } from '../shared/deployed-pipeline.js';
import { NETWORK, unchecked, wrong, type Check, type Verdict } from './check.js';
import type { DoctorSubject } from './subject.js';

/** One line of the report. */
export type Finding = Verdict & { readonly check: string };

export interface RunOptions {
  /** How long one check may take. */
  readonly limitMs: number;
}

/** Runs all checks at the same time, each within the limit. Never rejects; the findings are in the order of the checks. */
export async function runChecks(
  checks: readonly Check[],
  subject: DoctorSubject,
  { limitMs }: RunOptions,
): Promise<Finding[]> {
  const all = checks.map(async (check): Promise<Finding[]> => {
    const verdicts = await within(runOne(check, subject), limitMs);
    return verdicts.map((verdict) => ({ check: check.name, ...verdict }));
  });
  return (await Promise.all(all)).flat();
}

async function runOne(check: Check, subject: DoctorSubject): Promise<readonly Verdict[]> {
  if (check.needsCredentials && !(await hasCredentials(subject)))
    return [unchecked('it needs credentials that AWS accepts')];
  try {
    const found = await check.run(subject);
    return 'state' in found ? [found] : found;
  } catch (error) {
    return [wrong(`the check failed: ${errorText(error)}`, NETWORK)];
  }
}

async function hasCredentials({ identity }: DoctorSubject): Promise<boolean> {
  return identity().then(
    () => true,
    () => false,
  );
}

async function within(
  verdicts: Promise<readonly Verdict[]>,
  limitMs: number,
): Promise<readonly Verdict[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<readonly Verdict[]>((resolve) => {
    timer = setTimeout(() => {
      resolve([
        wrong(
          `no answer within ${limitMs / 1000} seconds`,
          `${NETWORK}, or wait longer with --limit`,
        ),
      ]);
    }, limitMs);
  });
  try {
    return await Promise.race([verdicts, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Whether the pipeline should not be deployed yet. */
export function isWrong(findings: readonly Finding[]): boolean {
  return findings.some(({ state }) => state === 'wrong');
}
