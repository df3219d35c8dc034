import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { httpServer } from '../../support/http-server.js';
import { configOf } from '../../support/stacks/config-folder.js';
import { readStack, writeStack } from '../../support/stacks/stack-kit.js';
import { overrideOffline, STATE_FILE } from './offline.js';
import { planOffline, standInState, TOPIC_REGION } from './stand-in-state.js';
import { found, suite } from './terraform-suite.js';

const TIMEOUT_MS = 240_000;
const TOPIC = `arn:aws:sns:${TOPIC_REGION}:214830741341:NewWaves`;
const OWN_TOPIC = 'arn:aws:sns:us-west-2:214830741341:NewWaves';

const SUBSCRIPTION = 'aws_sns_topic_subscription.queue_subscription';
const DEAD_LETTERS = 'aws_sqs_queue.queue_subscription_dead-letters';
const ALARM = 'aws_cloudwatch_metric_alarm.watch_topic-alarms_subscription-dead-letters';

suite('a stack whose topic was in another region', () => {
  let folder: string;
  let state: string;

  beforeAll(async () => {
    folder = writeStack(configOf({ sns: TOPIC }));
    state = await standInState(found(), folder);
  }, TIMEOUT_MS);

  /** Puts the stack of another config in place, beside the state. */
  function change(fields: Readonly<Record<string, string>>, earlierTopicRegion?: string): void {
    const changed = writeStack(configOf(fields), { earlierTopicRegion });
    writeFileSync(join(folder, 'cdk.tf.json'), readFileSync(join(changed, 'cdk.tf.json')));
    overrideOffline(folder, readStack(folder));
    writeFileSync(join(folder, STATE_FILE), state);
  }

  /** The addresses that a plan deletes. */
  async function deletedBy(fields: Readonly<Record<string, string>>): Promise<string[]> {
    change(fields, TOPIC_REGION);
    return deletionsIn(await planOffline(found(), folder));
  }

  test(
    'has an empty plan while nothing changes',
    async () => {
      change({ sns: TOPIC });

      expect(actionsIn(await planOffline(found(), folder))).toEqual([]);
    },
    TIMEOUT_MS,
  );

  test(
    'deletes what it made for the topic once there is none',
    async () => {
      const deleted = await deletedBy({});

      expect(deleted).toEqual(expect.arrayContaining([SUBSCRIPTION, DEAD_LETTERS, ALARM]));
    },
    TIMEOUT_MS,
  );

  test(
    'can be planned with a topic in its own region',
    async () => {
      expect(await deletedBy({ sns: OWN_TOPIC })).toContain(ALARM);
    },
    TIMEOUT_MS,
  );

  test(
    'looks for its dead-letter queue in the region where it is',
    async () => {
      change({}, TOPIC_REGION);
      const asked: string[] = [];
      const aws = await httpServer(({ headers, body }, response) => {
        const [, region = ''] =
          /Credential=[^/]+\/\d+\/([^/]+)/.exec(headers.authorization ?? '') ?? [];
        if (body.includes('subscription_dead-letters')) asked.push(region);
        response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' });
        response.end(JSON.stringify({ __type: 'AccessDenied' }));
      });
      try {
        const terraform = found().with({ AWS_ENDPOINT_URL: aws.url, AWS_MAX_ATTEMPTS: '1' });
        await terraform.try(
          folder,
          'plan',
          '-input=false',
          '-lock=false',
          `-target=${DEAD_LETTERS}`,
        );
      } finally {
        await aws.close();
      }

      expect(new Set(asked)).toEqual(new Set([TOPIC_REGION]));
    },
    TIMEOUT_MS,
  );
});

interface Plan {
  readonly resource_changes: readonly {
    readonly address: string;
    readonly change: { readonly actions: readonly string[] };
  }[];
}

/** Each change as `address: actions`. */
function actionsIn(json: string): string[] {
  const { resource_changes } = JSON.parse(json) as Plan;
  return resource_changes
    .map(({ address, change: { actions } }) => `${address}: ${actions.join()}`)
    .filter((line) => !/: (no-op|read)$/.test(line));
}

function deletionsIn(json: string): string[] {
  return actionsIn(json)
    .filter((line) => line.includes('delete'))
    .map((line) => line.replace(/: .*/, ''));
}
