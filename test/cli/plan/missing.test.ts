import { describe, expect, test } from '@jest/globals';
import { planComment } from '../../../cli/plan/comment.js';
import { parsePlan, type Plan } from '../../../cli/plan/json.js';
import { missingIn, missingTexts } from '../../../cli/plan/missing.js';
import { summarizePlan } from '../../../cli/plan/summary.js';

interface Gone {
  readonly type?: string;
  readonly name: string;
  readonly region?: string;
  readonly provider?: string;
  readonly created?: boolean;
}

const ROLE = { mode: 'managed', type: 'aws_iam_role' };

/** A plan in eu-central-1 whose refresh did not find these resources; `found` are those that it did. */
function planOf(gone: readonly Gone[], found: readonly object[] = [ROLE]): Plan {
  const resources = gone.map(({ type = 'aws_sqs_queue', name, provider = 'aws', ...rest }) => ({
    address: `${type}.${name}`,
    mode: 'managed',
    type,
    name,
    provider,
    ...rest,
  }));
  return parsePlan(
    JSON.stringify({
      format_version: '1.2',
      resource_drift: resources.map(({ region, ...resource }) => ({
        ...resource,
        change: {
          actions: ['delete'],
          before: {
            name: `demo-waves-${resource.name}`,
            ...(region !== undefined && { arn: `arn:aws:sqs:${region}:123456789012:x` }),
          },
        },
      })),
      resource_changes: resources
        .filter(({ created }) => created !== false)
        .map((resource) => ({ ...resource, change: { actions: ['create'] } })),
      prior_state: { values: { root_module: { resources: found } } },
      configuration: {
        provider_config: Object.fromEntries(
          ['aws', 'aws.topic'].map((key) => [
            key,
            { expressions: { region: { constant_value: 'eu-central-1' } } },
          ]),
        ),
        root_module: {
          resources: resources.map(({ address, provider }) => ({
            address,
            provider_config_key: provider,
          })),
        },
      },
    }),
  );
}

const textsOf = (...given: Parameters<typeof planOf>) =>
  missingTexts(missingIn(planOf(...given)), 'waves');
const commentOf = (...given: Parameters<typeof planOf>) =>
  planComment([{ pipeline: 'waves', summary: summarizePlan(planOf(...given)), text: 'plan' }]);

const HERE = { region: 'eu-central-1' };
const THERE = { region: 'us-west-2' };

describe('a resource that was deleted by hand', () => {
  test('is lost data if it held some, and first in the comment', () => {
    const comment = commentOf([{ name: 'queue', ...HERE }]);

    expect(comment).toContain('## Plan: **data loss** in waves, 1 pipeline would change');
    expect(comment).toContain('### waves: 1 to create, 1 not found in AWS\n');
    expect(comment).toContain(
      '> **Data loss: `aws_sqs_queue.queue` (`demo-waves-queue`) was deleted outside Terraform, and its messages with it. The apply creates it again, empty.**',
    );
  });

  test('is not said to be created if the stack does not have it any more', () => {
    expect(textsOf([{ name: 'queue', created: false, ...HERE }])).toEqual([
      expect.not.stringContaining('creates'),
    ]);
  });

  test('is a notice if it held none', () => {
    const comment = commentOf([{ type: 'aws_lambda_permission', name: 'topic' }]);

    expect(comment).not.toContain('ata loss');
    expect(comment).toContain(
      '- Deleted outside Terraform, and created again: `aws_lambda_permission.topic`\n',
    );
  });
});

describe('a changed region', () => {
  const moved = [
    { name: 'queue', ...THERE },
    { type: 'aws_lambda_permission', name: 'no-arn' },
  ];

  test('is one loss of all that is elsewhere, with both regions and the way back', () => {
    expect(textsOf(moved)).toEqual([
      'Data loss: 2 resources of the state cannot be found any more, because `region` changed: they are in us-west-2, and this plan looks in eu-central-1. The apply makes Terraform forget them. They stay in us-west-2, with their data and their cost, and `npm run destroy` no longer deletes them. Undo the change, run `npm run destroy -- waves`, and then set the new region.',
    ]);
    expect(commentOf(moved)).not.toContain('Deleted outside');
  });

  test('differs from that of the topic', () => {
    const [text] = textsOf([{ name: 'dead-letters', provider: 'aws.topic', ...THERE }]);

    expect(text).toContain('because the region of the topic in `sns` changed');
    expect(text).toContain('deploy without `sns`');
  });

  test('is in the shortest comment, too', () => {
    const summary = summarizePlan(planOf(moved));
    const many = Array.from({ length: 900 }, (_, index) => ({
      pipeline: `p${index}`,
      summary,
      text: '',
    }));

    expect(planComment(many)).toContain(
      '- p7: 2 to create, 2 not found in AWS; **data loss: aws_sqs_queue.queue, aws_lambda_permission.no-arn**',
    );
  });
});

describe('a stack whose resources are all missing', () => {
  test('may be in another account', () => {
    expect(
      textsOf(
        [
          { name: 'a', ...HERE },
          { name: 'b', ...HERE },
        ],
        [],
      ),
    ).toEqual([
      'Data loss: nothing that the state holds was found in eu-central-1 (2 resources). Either all of it was deleted outside Terraform, or the credentials of this plan belong to another account than `123456789012`, theirs. The apply creates the stack again, without its data.',
    ]);
  });
});
