import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { withEmptyQueues } from '../../../cli/plan/empty-queues.js';
import { parsePlan } from '../../../cli/plan/json.js';
import { planSection } from '../../../cli/plan/section.js';
import { lossesOf, summarizePlan, type PlanSummary } from '../../../cli/plan/summary.js';
import { destroyLosses } from '../../../cli/stacks/destroy-losses.js';
import { stateOf } from '../../../cli/stacks/states.js';
import { DATA, logGroup, stateText } from '../../support/cli/state-fixture.js';

const QUEUE = 'aws_sqs_queue.queue';
const LETTERS = 'aws_sqs_queue.queue_dead-letters';
const TABLE = 'aws_dynamodb_table.table';
const LOGS = 'aws_cloudwatch_log_group.app_logs';
const RESULTS = 'aws_s3_bucket.inventory_results';

const urlOf = (name: string) => `https://sqs.us-west-2.amazonaws.com/123456789012/${name}`;

/** A plan that destroys these resources. */
function destroying(...addresses: readonly string[]): PlanSummary {
  const resource_changes = addresses.map((address) => {
    const [type = '', name = ''] = address.split('.');
    const before = { name, ...(type === 'aws_sqs_queue' && { url: urlOf(name) }) };
    return { address, mode: 'managed', type, name, change: { actions: ['delete'], before } };
  });
  return summarizePlan(parsePlan(JSON.stringify({ format_version: '1.2', resource_changes })));
}

const linesOf = (summary: PlanSummary) =>
  planSection({ pipeline: 'waves', summary, text: '' }).split('\n');

describe('a plan that destroys', () => {
  test.each([QUEUE, LETTERS, TABLE])('%s loses data', (address) => {
    const summary = destroying(address);

    expect(lossesOf(summary)).toEqual([address]);
    expect(linesOf(summary)).toContainEqual(
      expect.stringMatching(/^> \*\*Data loss: .* is destroyed\. This deletes its /),
    );
  });

  test('logs and query results says so in other words, once for each', () => {
    const summary = destroying(LOGS, 'aws_cloudwatch_log_group.historic_logs', RESULTS);
    const lines = linesOf(summary);

    expect(lossesOf(summary)).toEqual([]);
    expect(lines.join('\n')).not.toContain('Data loss');
    expect(lines).toContain(
      `- Loss of logs: \`${LOGS}\` (\`app_logs\`) is destroyed with its logs; ` +
        '`aws_cloudwatch_log_group.historic_logs` (`historic_logs`) is destroyed with its logs',
    );
    expect(lines).toContain(
      `- Made again: \`${RESULTS}\` (\`inventory_results\`) is destroyed with its query results`,
    );
  });

  test('another bucket loses data, because nothing is known of its objects', () => {
    expect(lossesOf(destroying('aws_s3_bucket.other'))).toEqual(['aws_s3_bucket.other']);
  });
});

describe('a queue that a plan destroys', () => {
  const sqs = mockClient(SQSClient);
  const NONE = {
    ApproximateNumberOfMessages: '0',
    ApproximateNumberOfMessagesNotVisible: '0',
    ApproximateNumberOfMessagesDelayed: '0',
  };
  beforeEach(() => {
    sqs.reset();
  });

  async function afterAsking(...addresses: readonly string[]): Promise<PlanSummary> {
    const plan = { pipeline: 'waves', summary: destroying(...addresses), text: '' };
    const asked = await withEmptyQueues(plan);
    if (!('summary' in asked)) throw new Error('no summary');
    return asked.summary;
  }

  test('and that is empty loses nothing', async () => {
    sqs.on(GetQueueAttributesCommand, { QueueUrl: urlOf('queue_dead-letters') }).resolves({
      Attributes: NONE,
    });
    const summary = await afterAsking(LETTERS);

    expect(lossesOf(summary)).toEqual([]);
    expect(linesOf(summary)).toContain(
      `- Made again: \`${LETTERS}\` (\`queue_dead-letters\`) is destroyed with no messages in it`,
    );
  });

  test.each(Object.keys(NONE))('loses data if it has %s', async (count) => {
    sqs.on(GetQueueAttributesCommand).resolves({ Attributes: { ...NONE, [count]: '1' } });

    expect(lossesOf(await afterAsking(LETTERS))).toEqual([LETTERS]);
  });

  test('loses data if it cannot be asked, or if granules may still arrive in it', async () => {
    sqs.on(GetQueueAttributesCommand).rejects(new Error('not allowed'));
    expect(lossesOf(await afterAsking(LETTERS))).toEqual([LETTERS]);

    sqs.on(GetQueueAttributesCommand).resolves({ Attributes: NONE });
    expect(lossesOf(await afterAsking(QUEUE, LETTERS))).toEqual([QUEUE]);
  });
});

test('the end of a stack is described in the same grades, by physical names', () => {
  const named = (type: string, name: string, attributes: object) => ({
    type,
    name,
    attributes: { ...attributes },
  });
  const state = stateText(
    DATA,
    named('aws_sqs_queue', 'queue', { name: 'demo-waves-granules' }),
    named('aws_sqs_queue', 'queue_dead-letters', { name: 'demo-waves-letters' }),
    logGroup('/waves', 'us-west-2'),
    named('aws_s3_bucket', 'inventory_results', { bucket: 'demo-results' }),
  );

  expect(destroyLosses('waves', stateOf(state, ''))).toEqual([
    'waves: Data loss: messages of demo-waves-granules, demo-waves-letters are gone for good',
    'waves: Loss of logs: logs of /waves are gone',
    'waves: Made again: query results of demo-results come with the next deployment',
  ]);
  expect(destroyLosses('waves', stateOf(stateText(DATA), ''))).toEqual([]);
});
