import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { PipelinePlan } from '../../../cli/plan/terraform.js';
import { MOST_CHARACTERS, planComment } from '../../../cli/plan/comment.js';
import { MARK } from '../../../cli/plan/github.js';
import { summaryOf } from '../../support/cli/plan-fixtures.js';

function planned(
  name: string,
  text = 'Terraform will perform ...',
  pipeline = 'waves',
): PipelinePlan {
  return { pipeline, summary: summaryOf(name), text };
}

function removed(resources: number | string) {
  return { pipelines: [{ pipeline: 'tides', resources }], problem: undefined };
}

const ERROR = 'Error: No valid credential sources found\n\n  with provider["aws"],';

describe('the comment', () => {
  test('of new code has one line, with the full plan folded below', () => {
    expect(planComment([planned('app-code', 'the full plan')])).toBe(`${MARK}
## Plan: 1 pipeline would change

### waves: 1 to change

- app: code changed
- The apply does not post the Collection.
- Subscriptions: unchanged
- Schedules: unchanged

<details><summary>Full plan of waves</summary>

\`\`\`
the full plan
\`\`\`

</details>
`);
  });

  test('starts with data loss in bold', () => {
    const lines = planComment([planned('table-replaced')]).split('\n');

    expect(lines[1]).toBe('## Plan: **data loss** in waves, 1 pipeline would change');
    expect(lines[5]).toMatch(/^> \*\*Data loss: `aws_dynamodb_table.table` .*`name` changes/);
    expect(lines.find((line) => line.startsWith('| **'))).toMatch(
      /^\| \*\*replace\*\* \| \*\*`aws_dynamodb_table.table` `demo-waves-state`\*\* \| `name`: /,
    );
  });

  test('of a destroyed queue names it first', () => {
    const text = planComment([planned('queue-destroyed')]);

    expect(text).toContain(
      '> **Data loss: `aws_sqs_queue.queue` (`demo-waves-granules`) is destroyed. This deletes its messages.**',
    );
    expect(text.indexOf('| **destroy** |')).toBeLessThan(text.indexOf('| replace |'));
  });

  test('of a new stack counts the created resources by type', () => {
    const text = planComment([planned('create')]);

    expect(text).toContain('### waves: 51 to create');
    expect(text).toContain(
      '| create | 3 `aws_lambda_function` | `app`, `collection`, `historic` |',
    );
    expect(text).toContain('- The apply posts the Collection.');
  });

  test('of a plan without changes has neither a table nor a full plan', () => {
    expect(planComment([planned('none')])).toBe(
      `${MARK}\n## Plan: no changes\n\n### waves: no changes\n`,
    );
  });

  test("of a failed plan has Terraform's error, and the other pipelines", () => {
    const text = planComment([
      { pipeline: 'bad', error: ERROR, failedChecks: [] },
      planned('app-code'),
    ]);

    expect(text).toContain('## Plan: 1 plan failed, 1 pipeline would change');
    expect(text).toContain(`### bad: the plan failed\n\n\`\`\`\n${ERROR}\n\`\`\``);
    expect(text).toContain('app: code changed');
  });

  test('of a plan that failed because of old code begins with what happened and what to do', () => {
    const failed = {
      pipeline: 'bad',
      error: ERROR,
      failedChecks: ['Old code: npm run deploy -- bad'],
    };

    expect(planComment([failed])).toContain(
      '### bad: the plan failed\n\n> **Old code: npm run deploy -- bad**\n\n```\n',
    );
    expect(planComment([failed], { limit: 150 })).toContain(
      '- **bad: the plan failed. Old code: npm run deploy -- bad**',
    );
  });

  test('of no plans says that no pipelines are affected', () => {
    expect(planComment([])).toContain('no pipelines are affected');
  });

  test('of one of several projects names it, also in its mark', () => {
    const gone = 'environments/dev.yaml no longer exists';

    expect(planComment([], { project: 'dev', notices: [gone] })).toBe(
      `<!-- stac-pipelines: plan dev -->\n## Plan of dev: no pipelines are affected\n\n> **${gone}**\n`,
    );
  });

  test('names a stack without a folder first, and what removes it', () => {
    expect(planComment([planned('none')], { removed: removed(51) })).toBe(`${MARK}
## Plan: **no folder** for the stack of tides

### tides: no folder, but still deployed

> **Its folder in pipelines/ no longer exists, and no apply removes a stack. The stack (51 resources) stays deployed, with its data and its cost. To remove it, run \`npm run destroy -- tides\`.**

### waves: no changes
`);
    expect(planComment([], { removed: removed(51), limit: 200 })).toContain(
      '- **tides: no folder; to remove its stack, run `npm run destroy -- tides`**',
    );
  });

  test('says if it is unknown whether a stack without a folder is deployed', () => {
    const text = planComment([], { removed: removed('cannot read the state: no\nreason') });

    expect(text).toContain('### tides: no folder, and maybe still deployed');
    expect(text).toContain('run `npm run destroy -- tides`. Its state could not be read: cannot');
  });

  test('says that nothing of a removed pipeline is deployed', () => {
    expect(planComment([], { removed: removed(0) })).toBe(`${MARK}
## Plan: no pipelines are affected

### tides: removed

Its folder in pipelines/ no longer exists, and nothing of its stack is deployed.
`);
  });

  test('says of a pipeline that got deploy: false that its stack stays, and that nothing is planned', () => {
    const of = (resources: number | string) => [{ pipeline: 'tides', resources }];

    expect(planComment([], { leftOut: of(51) })).toBe(`${MARK}
## Plan: **deploy: false** for the stack of tides

### tides: deploy: false, but still deployed

> **Its stack (51 resources) stays deployed, and its functions go on, but the workflows no longer plan, apply, watch or compare it: what this change does to it is not planned here. To apply that, run \`npm run deploy -- tides\`; to remove the stack with its data and its cost, \`npm run destroy -- tides\`.**
`);
    expect(planComment([], { leftOut: of('no\ncredentials') })).toMatch(
      /### tides: deploy: false, and maybe still deployed\n\n> .*could not be read: no/,
    );
    expect(planComment([], { leftOut: of(51), limit: 300 })).toContain(
      '- **tides: deploy: false, but maybe still deployed',
    );
  });

  test('says if stacks without a folder could not be looked for', () => {
    const problem = 'cannot list the states in s3://states/demo/: not allowed';
    const text = planComment([], { removed: { pipelines: [], problem } });

    expect(text).toContain(`in pipelines/ are unknown: ${problem}**`);
  });

  test('escapes code fences and HTML in a plan', () => {
    const text = planComment([planned('app-code', 'a\n````\n</details>\n')]);

    expect(text).toContain('`````\na\n````\n</details>\n`````');
  });
});

describe('a comment that is too long', () => {
  const lines = Array.from({ length: 20_000 }, (_, index) => `  + line ${index} é𝄞`).join('\n');
  const summaryPart = (text: string) => text.slice(0, text.indexOf('<details>'));

  test('loses lines of the full plans, but nothing of the summaries', () => {
    const short = [planned('create'), planned('settings', 'short', 'tides')];
    const long = [planned('create', lines), planned('settings', lines, 'tides')];
    const text = planComment(long);

    expect(text.length).toBeLessThanOrEqual(MOST_CHARACTERS);
    expect(text.length).toBeGreaterThan(MOST_CHARACTERS * 0.95);
    expect(summaryPart(text)).toBe(summaryPart(planComment(short)));
    expect(text.match(/truncated: see/g)).toHaveLength(2);
    expect(text.match(/<details>/g)).toHaveLength(text.match(/<\/details>/g)?.length ?? 0);
    expect(Buffer.from(text).toString()).toBe(text);
  });

  test('then loses rows, except those of data loss', () => {
    const many = Array.from({ length: 40 }, (_, index) =>
      planned('queue-destroyed', lines, `p${index}`),
    );
    const text = planComment(many);

    expect(text.length).toBeLessThanOrEqual(MOST_CHARACTERS);
    expect(text.match(/\*\*Data loss/g)).toHaveLength(40);
  });

  test('ends up with one line for each pipeline', () => {
    const many = Array.from({ length: 300 }, (_, index) =>
      planned('queue-destroyed', lines, `p${index}`),
    );
    const text = planComment([...many, { pipeline: 'bad', error: ERROR, failedChecks: [] }]);

    expect(text.length).toBeLessThanOrEqual(MOST_CHARACTERS);
    expect(text).toContain('- p299: 1 to destroy');
    expect(text.match(/data loss: aws_sqs_queue.queue/g)).toHaveLength(300);
    expect(text).toContain('bad: the plan failed');
  });

  test('loses the end of an error', () => {
    const text = planComment([
      { pipeline: 'bad', error: `Error: first line\n${lines}`, failedChecks: [] },
    ]);

    expect(text.length).toBeLessThanOrEqual(MOST_CHARACTERS);
    expect(text).toContain('Error: first line');
  });
});

test.each(['README.md', 'docs/pull-requests.md'])('%s quotes comments as they are', (page) => {
  const recordings = ['table-replaced', 'queue-destroyed', 'settings', 'app-code'];
  const comments = [
    ...recordings.map((name) => planComment([planned(name)])),
    planComment([], { removed: removed(51) }),
    planComment([], { leftOut: [{ pipeline: 'tides', resources: 51 }] }),
  ];
  const written = new Set(comments.flatMap((text) => text.split('\n')).map(unquoted));
  // GitHub shows the folded plan as a triangle.
  const quoted = readFileSync(page, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('> ') && !line.startsWith('> ▸'));

  expect(quoted.length).toBeGreaterThan(0);
  expect(quoted.map(unquoted).filter((line) => !written.has(line))).toEqual([]);
});

function unquoted(line: string): string {
  return line.replace(/^(?:> )+/, '');
}
