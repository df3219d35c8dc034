import { expect, test } from '@jest/globals';
import { planComment } from '../../../cli/plan/comment.js';
import { parsePlan } from '../../../cli/plan/json.js';
import { summarizePlan } from '../../../cli/plan/summary.js';
import { recordedText } from '../../support/cli/plan-fixtures.js';

const TYPE = 'aws_lambda_event_source_mapping';
const MAPPING = {
  address: `${TYPE}.queue_mapping`,
  mode: 'managed',
  type: TYPE,
  name: 'queue_mapping',
};
const HOLD = {
  since: '2024-05-01T12:00:00.000Z',
  by: 'arn:aws:iam::1:user/ann',
  reason: 'restore',
};

/** A recorded plan whose refresh found the mapping so. */
function commentOf(
  recorded: string,
  { enabled, actions = ['no-op'] }: { enabled: boolean; actions?: readonly string[] },
  hold?: typeof HOLD,
): string {
  const plan = JSON.parse(recordedText(recorded)) as { resource_changes: object[] };
  const resources = [{ ...MAPPING, values: { enabled } }];
  const given = {
    ...plan,
    resource_changes: [...plan.resource_changes, { ...MAPPING, change: { actions } }],
    prior_state: { values: { root_module: { resources } } },
  };
  const summary = summarizePlan(parsePlan(JSON.stringify(given)));
  return planComment([{ pipeline: 'waves', summary, text: 'the plan', hold }]);
}

const HELD =
  'Consumption of the queue is held since 2024-05-01 12:00Z by arn:aws:iam::1:user/ann: restore.';

test.each(['none', 'settings'])(
  'a plan (%s) says that consumption is held, and why',
  (recorded) => {
    expect(commentOf(recorded, { enabled: false }, HOLD)).toContain(
      `\n> **${HELD} The apply leaves it so.**`,
    );
  },
);

test('a plan says that consumption is stopped if the reason cannot be read', () => {
  expect(commentOf('none', { enabled: false })).toContain(
    '### waves: no changes\n\n> **Consumption of the queue is stopped. The apply leaves it so.**',
  );
});

test('a plan says that the apply starts consumption if it replaces the mapping', () => {
  const actions = ['delete', 'create'];
  expect(commentOf('none', { enabled: false, actions }, HOLD)).toContain(
    `> **${HELD} The apply makes its event source mapping again, which starts it: ` +
      '`npm run hold -- waves` stops it again.**',
  );
});

test('a plan says nothing of consumption while it is on', () => {
  expect(commentOf('settings', { enabled: true })).not.toContain('Consumption');
});
