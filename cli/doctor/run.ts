import { errorText } from '../shared/deployed-pipeline.js';
import { once } from '../../lambdas/runtime/once.js';
import { within } from '../../lambdas/runtime/within.js';
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
  const known = withIdentityWithin(limitMs / 2, subject);
  const all = checks.map(async (check): Promise<Finding[]> => {
    const late = wrong(noAnswer(limitMs), `${NETWORK}, or wait longer with --limit`);
    const verdicts = await within(limitMs, runOne(check, known), () => [late]);
    return verdicts.map((verdict) => ({ check: check.name, ...verdict }));
  });
  return (await Promise.all(all)).flat();
}

/** Whatever asks AWS waits for the identity, so that one line says that AWS cannot be reached, and not each of them. */
function withIdentityWithin(limitMs: number, subject: DoctorSubject): DoctorSubject {
  const identity = once(() =>
    within(limitMs, subject.identity(), () => {
      throw new Error(noAnswer(limitMs));
    }),
  );
  return { ...subject, identity, token: () => identity().then(subject.token) };
}

function noAnswer(limitMs: number): string {
  return `no answer within ${limitMs / 1000} seconds`;
}

const NO_IDENTITY = 'AWS does not say who you are';

async function runOne(check: Check, subject: DoctorSubject): Promise<readonly Verdict[]> {
  const { needsCredentials } = check;
  const asksAws =
    typeof needsCredentials === 'function' ? needsCredentials(subject) : needsCredentials;
  if (asksAws && !(await hasCredentials(subject))) return [unchecked(NO_IDENTITY)];
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

/** Whether the pipeline should not be deployed yet. */
export function isWrong(findings: readonly Finding[]): boolean {
  return findings.some(({ state }) => state === 'wrong');
}
