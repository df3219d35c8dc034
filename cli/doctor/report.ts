import { counted, printable } from '../shared/table.js';
import { isWrong, type Finding } from './run.js';

const SIGNS = { fine: 'ok', wrong: 'WRONG', 'not checked': '-' } as const;

/** The findings for the terminal. */
export function doctorText(pipeline: string, findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const lines = findings.flatMap((finding) => {
    const { check, state, says } = finding;
    const about = state === 'not checked' ? 'not checked: ' : '';
    const start = `${SIGNS[state].padEnd(5)}  ${check.padEnd(width)}  `;
    const remedy =
      finding.state === 'wrong'
        ? [`${' '.repeat(start.length)}to do: ${printable(finding.remedy)}`]
        : [];
    return [`${start}${about}${printable(says)}`, ...remedy];
  });
  return [
    `${pipeline}: nothing is changed by these checks`,
    '',
    ...lines,
    '',
    summary(findings),
  ].join('\n');
}

/** Says how many are fine, so that a report in which nothing was checked does not look good. */
function summary(findings: readonly Finding[]): string {
  const count = (state: Finding['state']) => findings.filter((one) => one.state === state).length;
  const [wrong, open] = [count('wrong'), count('not checked')];
  const rest = open === 0 ? '' : `; ${open} not checked`;
  return `${counted(findings.length, 'line')}: ${count('fine')} fine, ${wrong} wrong${rest}.`;
}

/** The output of --json. */
export function doctorJson(pipeline: string, findings: readonly Finding[]): string {
  return JSON.stringify({ pipeline, isReady: !isWrong(findings), findings }, undefined, 2);
}
