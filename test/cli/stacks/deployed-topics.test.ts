import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { deployedTopics, topicEnvironment } from '../../../cli/stacks/deployed-topics.js';
import { readTopicRegions } from '../../../modules/config/topic-regions.js';
import {
  AWS,
  DATA,
  logGroup,
  stateText,
  type FixtureResource,
} from '../../support/cli/state-fixture.js';
import { configOf } from '../../support/stacks/config-folder.js';

const ELSEWHERE = 'af-south-1';
const topic = (region: string) => `arn:aws:sns:${region}:214830741341:NewWaves`;

function subscription(region: string, provider = AWS): FixtureResource {
  const attributes = { arn: `${topic(region)}:0a1b` };
  return { type: 'aws_sns_topic_subscription', name: 'queue_subscription', provider, attributes };
}

/** What the state says of a stack in us-west-2. */
function topicsOf(sns: string | undefined, ...resources: readonly FixtureResource[]) {
  const root = mkdtempSync(join(tmpdir(), 'topics-'));
  writeFileSync(join(root, 'demo-waves.tfstate'), stateText(...resources));
  const config = configOf(sns === undefined ? {} : { sns });
  const project = { name: 'demo', state: { kind: 'local' }, pipelines: [config] } as const;
  return deployedTopics(project, { root });
}

test('a removed topic is where the subscription in the state is', async () => {
  const topics = await topicsOf(undefined, DATA, subscription(ELSEWHERE, `${AWS}.topic`));

  expect(topics).toEqual({ regions: { waves: ELSEWHERE }, moved: new Map() });
  expect(readTopicRegions(topicEnvironment(topics))).toEqual({ waves: ELSEWHERE });
});

test('what a failed apply left behind in the region of the topic is found, too', async () => {
  const letters = logGroup('/letters', ELSEWHERE, { provider: `${AWS}.topic` });

  expect((await topicsOf(undefined, letters)).regions).toEqual({ waves: ELSEWHERE });
});

test.each([
  ['a topic in the region of the stack', topic('us-west-2'), [subscription('us-west-2')]],
  ['a stack that never had a topic', undefined, [DATA, logGroup('/a', 'us-west-2')]],
  ['a stack that is not deployed', topic(ELSEWHERE), []],
])('%s needs no other region', async (_, sns, resources) => {
  const topics = await topicsOf(sns, ...resources);

  expect(topics).toEqual({ regions: {}, moved: new Map() });
  expect(topicEnvironment(topics)).toEqual({});
});

test.each([
  ['from another region to that of the stack', ELSEWHERE, 'us-west-2'],
  ['from one region to another', ELSEWHERE, 'eu-west-1'],
  ['from the region of the stack to another', 'us-west-2', ELSEWHERE],
])('a topic that moved %s takes two deployments', async (_, from, to) => {
  const { moved } = await topicsOf(topic(to), subscription(from));

  expect(moved.get('waves')).toContain(
    `waves: the topic in \`sns\` is in ${to}, but the subscription was deployed in ${from}. `,
  );
  expect(moved.get('waves')).toContain('Remove `sns` from config.yaml and deploy');
});

test.each(['{', '[]', '{"waves":1}', '{"waves":"Oregon"}'])(
  '%s is refused: it does not list regions',
  (text) => {
    expect(() => readTopicRegions({ TOPIC_REGIONS: text })).toThrow(
      `TOPIC_REGIONS must be JSON with the region of the topic by pipeline, such as {"waves":"af-south-1"}; got ${JSON.stringify(text)}`,
    );
  },
);
