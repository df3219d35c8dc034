import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { parsePlan } from '../../../cli/plan/json.js';
import { missingTexts } from '../../../cli/plan/missing.js';
import { countsText, summarizePlan } from '../../../cli/plan/summary.js';
import { emptyRegion } from '../../support/cli/empty-region.js';
import { readStack } from '../../support/stacks/stack-kit.js';
import { overrideOffline, STATE_FILE } from './offline.js';
import { found, suite } from './terraform-suite.js';

const TIMEOUT_MS = 240_000;
const NAMES = ['demo-waves-a', 'demo-waves-b'];

/** A stack with queues in the region, a log group, and a queue in the region of the topic. */
function write(folder: string, region: string, topicRegion: string): void {
  const stack = {
    terraform: { required_providers: { aws: { source: 'registry.terraform.io/hashicorp/aws' } } },
    provider: { aws: [{ region }, { region: topicRegion, alias: 'topic' }] },
    resource: {
      aws_sqs_queue: {
        a: { name: NAMES[0] },
        b: { name: NAMES[1] },
        c: { name: 'demo-waves-c', provider: 'aws.topic' },
      },
      aws_cloudwatch_log_group: { log: { name: '/waves' } },
    },
  };
  writeFileSync(join(folder, 'cdk.tf.json'), JSON.stringify(stack));
  overrideOffline(folder, readStack(folder));
}

suite('a refresh that does not find resources', () => {
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'missing-'));
    write(folder, 'us-west-2', 'us-west-2');
    await found().run(folder, 'init', '-input=false');
  }, TIMEOUT_MS);

  /** Plans against a region that has only the log groups in `present`. */
  async function planned(region: string, topicRegion: string, present: readonly string[] = []) {
    const aws = await emptyRegion(present);
    try {
      write(folder, region, topicRegion);
      writeFileSync(join(folder, STATE_FILE), STATE);
      const terraform = found().with({ AWS_ENDPOINT_URL: aws.url, AWS_MAX_ATTEMPTS: '1' });
      await terraform.run(folder, 'plan', '-input=false', '-lock=false', '-out=plan.tfplan');
      const summary = summarizePlan(
        parsePlan(await terraform.run(folder, 'show', '-json', 'plan.tfplan')),
      );
      return { counts: countsText(summary), texts: missingTexts(summary.missing, 'waves') };
    } finally {
      await aws.close();
    }
  }

  test(
    'because `region` changed names both regions, and what to do',
    async () => {
      const { counts, texts } = await planned('eu-central-1', 'eu-central-1');

      expect(counts).toBe('4 to create, 4 not found in AWS');
      expect(texts).toHaveLength(2);
      expect(texts[0]).toMatch(
        /^Data loss: 3 resources of the state .* because `region` changed: they are in us-west-2, and this plan looks in eu-central-1\..*npm run destroy -- waves/,
      );
      expect(texts[1]).toMatch(
        /^Data loss: 1 resource .* because the region of the topic in `sns`/,
      );
    },
    TIMEOUT_MS,
  );

  test(
    'because they were deleted names those with data',
    async () => {
      const { counts, texts } = await planned('us-west-2', 'us-west-2', ['/waves']);

      expect(counts).toBe('3 to create, 3 not found in AWS');
      expect(texts[0]).toBe(
        'Data loss: `aws_sqs_queue.a` (`demo-waves-a`) was deleted outside Terraform, and its messages with it. The apply creates it again, empty.',
      );
      expect(texts).toHaveLength(3);
    },
    TIMEOUT_MS,
  );

  test(
    'and nothing else either may be those of another account',
    async () => {
      const { texts } = await planned('us-west-2', 'us-west-2');

      expect(texts).toEqual([
        expect.stringMatching(
          /^Data loss: nothing that the state holds was found in us-west-2 \(4 resources\)\. .*`123456789012`/,
        ),
      ]);
    },
    TIMEOUT_MS,
  );
});

const AWS = 'provider["registry.terraform.io/hashicorp/aws"]';
const QUEUES = { a: AWS, b: AWS, c: `${AWS}.topic` };

/** As if the stack had been applied in us-west-2. */
const STATE = JSON.stringify({
  version: 4,
  terraform_version: '1.11.0',
  serial: 1,
  lineage: '00000000-0000-0000-0000-000000000000',
  outputs: {},
  resources: [
    ...Object.entries(QUEUES).map(([name, provider]) =>
      resource(
        'aws_sqs_queue',
        { name, provider },
        {
          id: `https://sqs.us-west-2.amazonaws.com/123456789012/demo-waves-${name}`,
          arn: `arn:aws:sqs:us-west-2:123456789012:demo-waves-${name}`,
          name: `demo-waves-${name}`,
        },
      ),
    ),
    resource(
      'aws_cloudwatch_log_group',
      { name: 'log', provider: AWS },
      {
        id: '/waves',
        arn: 'arn:aws:logs:us-west-2:123456789012:log-group:/waves',
        name: '/waves',
      },
    ),
  ],
});

function resource(type: string, at: { name: string; provider: string }, attributes: object) {
  return { mode: 'managed', type, ...at, instances: [{ schema_version: 0, attributes }] };
}
