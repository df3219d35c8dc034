import { describe, expect, test } from '@jest/globals';
import type { PipelinePlan } from '../../../cli/plan/terraform.js';
import { MARK, MOST_CHARACTERS, planComment } from '../../../cli/plan/comment.js';
import { summaryOf } from '../../support/cli/plan-fixtures.js';

function planned(
  name: string,
  text = 'Terraform will perform ...',
  pipeline = 'waves',
): PipelinePlan {
  return { pipeline, summary: summaryOf(name), text };
}

const ERROR = 'Error: No valid credential sources found\n\n  with provider["aws"],';

describe('the comment', () => {
  test('of new code is one line, with the full plan folded beneath', () => {
    expect(planComment([planned('app-code', 'the full plan')])).toBe(`${MARK}
## Plan: 1 pipeline would change

### waves: 1 to change

- app: code changed
- The Collection is not posted again.
- Subscriptions: unchanged
- Schedules: unchanged

<details><summary>Full plan of waves</summary>

\`\`\`
the full plan
\`\`\`

</details>
`);
  });

  test('says first and in bold what is lost', () => {
    const lines = planComment([planned('table-replaced')]).split('\n');

    expect(lines[1]).toBe('## Plan: **data is lost** in waves, 1 pipeline would change');
    expect(lines[5]).toMatch(/^> \*\*Data is lost: `aws_dynamodb_table.table` .*`name` changes/);
    expect(lines.find((line) => line.startsWith('| **'))).toMatch(
      /^\| \*\*replace\*\* \| \*\*`aws_dynamodb_table.table` `demo-waves-state`\*\* \| `name`: /,
    );
  });

  test('of a destroyed queue names it before anything else', () => {
    const text = planComment([planned('queue-destroyed')]);

    expect(text).toContain(
      '> **Data is lost: `aws_sqs_queue.queue` (`demo-waves-granules`) is destroyed, with its messages.**',
    );
    expect(text.indexOf('| **destroy** |')).toBeLessThan(text.indexOf('| replace |'));
  });

  test('of a new stack counts by type what is created', () => {
    const text = planComment([planned('create')]);

    expect(text).toContain('### waves: 49 to create');
    expect(text).toContain(
      '| create | 3 `aws_lambda_function` | `app`, `collection`, `historic` |',
    );
    expect(text).toContain('- The Collection is posted by the apply.');
  });

  test('without changes says so, and has neither a table nor a fold', () => {
    expect(planComment([planned('none')])).toBe(
      `${MARK}\n## Plan: no changes\n\n### waves: no changes\n`,
    );
  });

  test("of a plan that failed has Terraform's error, and the other pipelines", () => {
    const text = planComment([{ pipeline: 'bad', error: ERROR }, planned('app-code')]);

    expect(text).toContain('## Plan: 1 plan failed, 1 pipeline would change');
    expect(text).toContain(`### bad: the plan failed\n\n\`\`\`\n${ERROR}\n\`\`\``);
    expect(text).toContain('app: code changed');
  });

  test('of no pipeline says that none is affected', () => {
    expect(planComment([])).toContain('no pipeline is affected');
  });

  test("can't be broken out of by what stands in a plan", () => {
    const text = planComment([planned('app-code', 'a\n````\n</details>\n')]);

    expect(text).toContain('`````\na\n````\n</details>\n`````');
  });
});

describe('what is too long', () => {
  const lines = Array.from({ length: 20_000 }, (_, index) => `  + line ${index} é𝄞`).join('\n');
  const summaryPart = (text: string) => text.slice(0, text.indexOf('<details>'));

  test('loses lines of the full plans, and nothing of the summaries', () => {
    const short = [planned('create'), planned('settings', 'short', 'tides')];
    const long = [planned('create', lines), planned('settings', lines, 'tides')];
    const text = planComment(long);

    expect(text.length).toBeLessThanOrEqual(MOST_CHARACTERS);
    expect(text.length).toBeGreaterThan(MOST_CHARACTERS * 0.95);
    expect(summaryPart(text)).toBe(summaryPart(planComment(short)));
    expect(text.match(/cut here/g)).toHaveLength(2);
    expect(text.match(/<details>/g)).toHaveLength(text.match(/<\/details>/g)?.length ?? 0);
    expect(Buffer.from(text).toString()).toBe(text);
  });

  test('then loses rows, but never those of lost data', () => {
    const many = Array.from({ length: 40 }, (_, index) =>
      planned('queue-destroyed', lines, `p${index}`),
    );
    const text = planComment(many);

    expect(text.length).toBeLessThanOrEqual(MOST_CHARACTERS);
    expect(text.match(/\*\*Data is lost/g)).toHaveLength(40);
  });

  test('at last is one line for each pipeline', () => {
    const many = Array.from({ length: 300 }, (_, index) =>
      planned('queue-destroyed', lines, `p${index}`),
    );
    const text = planComment([...many, { pipeline: 'bad', error: ERROR }]);

    expect(text.length).toBeLessThanOrEqual(MOST_CHARACTERS);
    expect(text).toContain('- p299: 1 to destroy');
    expect(text.match(/data is lost with aws_sqs_queue.queue/g)).toHaveLength(300);
    expect(text).toContain('bad: the plan failed');
  });

  test('an error loses its end', () => {
    const text = planComment([{ pipeline: 'bad', error: `Error: first line\n${lines}` }]);

    expect(text.length).toBeLessThanOrEqual(MOST_CHARACTERS);
    expect(text).toContain('Error: first line');
  });
});
