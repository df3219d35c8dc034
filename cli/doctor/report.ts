import { counted, printable } from '../shared/table.js';
import { isWrong, type Finding } from './run.js';

type State = Finding['state'];

const SIGNS = { fine: 'ok', wrong: 'WRONG', 'not checked': '-' } as const;

/** The findings for the terminal. */
export function doctorText(pipeline: string, findings: readonly Finding[]): string {
  const shown = findings.filter((finding) => !isGathered(finding, findings));
  const gathered = findings.filter((finding) => isGathered(finding, findings));
  const width = Math.max(...shown.map(({ check }) => check.length));
  return [
    `${pipeline}: nothing is changed by these checks`,
    '',
    ...shown.flatMap((finding) => linesOf(finding, width)),
    '',
    ...gatheredLines(gathered),
    summary(findings),
  ].join('\n');
}

/** Lines with the same reason are one line, at the end. */
function isGathered({ state, says }: Finding, findings: readonly Finding[]): boolean {
  if (state === 'not needed') return true;
  return state === 'not checked' && findings.filter((one) => one.says === says).length > 1;
}

function linesOf(finding: Finding, width: number): string[] {
  const { check, state, says } = finding;
  const sign = state === 'not needed' ? '' : SIGNS[state];
  const about = state === 'not checked' ? 'not checked: ' : '';
  const start = `${sign.padEnd(5)}  ${check.padEnd(width)}  `;
  const remedy =
    finding.state === 'wrong'
      ? [`${' '.repeat(start.length)}to do: ${printable(finding.remedy)}`]
      : [];
  return [`${start}${about}${printable(says)}`, ...remedy];
}

function gatheredLines(findings: readonly Finding[]): string[] {
  const lines = (['not checked', 'not needed'] as const).flatMap((state) => {
    const reasons = new Map<string, string[]>();
    for (const { check, says } of findings.filter((one) => one.state === state))
      reasons.set(says, [...(reasons.get(says) ?? []), check]);
    const texts = [...reasons].map(([says, checks]) => `${checks.join(', ')} (${printable(says)})`);
    return texts.length === 0 ? [] : [`${state}: ${texts.join('; ')}`];
  });
  return lines.length === 0 ? [] : [...lines, ''];
}

/** Says how many are fine, so that a report in which nothing was checked does not look good. */
function summary(findings: readonly Finding[]): string {
  const count = (state: State) => findings.filter((one) => one.state === state).length;
  const others = (['not checked', 'not needed'] as const).filter((state) => count(state) > 0);
  const parts = ['fine' as const, 'wrong' as const, ...others].map(
    (state) => `${count(state)} ${state}`,
  );
  return `${counted(findings.length, 'check')}: ${parts.join(', ')}.`;
}

/** The output of --json. */
export function doctorJson(pipeline: string, findings: readonly Finding[]): string {
  return JSON.stringify({ pipeline, isReady: !isWrong(findings), findings }, undefined, 2);
}
