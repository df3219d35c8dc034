import { describe, expect, test } from '@jest/globals';
import { difference } from '../../../cli/plan/iam.js';
import { documentStatements, type Statement, tryParsePolicy } from '../../../cli/plan/statement.js';

const policy = (...statements: object[]) =>
  tryParsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: statements })) ?? [];

describe('a policy', () => {
  test('has the same statements however it is written', () => {
    const one = { Effect: 'Allow', Action: ['s3:Get', 's3:Put'], Resource: 'arn:b' };
    const other = { Effect: 'Allow', Action: ['s3:Put', 's3:Get'], Resource: ['arn:b'], Sid: 'X' };

    expect(difference(policy(one), policy(other))).toEqual([]);
    expect(tryParsePolicy(JSON.stringify({ Statement: one }))).toEqual(policy(one));
  });

  test('marks exceptions with not', () => {
    const [statement] = policy({
      Effect: 'Deny',
      NotAction: 'iam:*',
      NotResource: ['arn:a'],
      Principal: '*',
    });

    expect(statement).toMatchObject({
      effect: 'Deny',
      actions: ['not iam:*'],
      resources: ['not arn:a'],
      principals: ['*'],
    });
  });

  test.each(['', 'not JSON', '{}', '{"Statement":[{"Effect":"Maybe"}]}', undefined, 7])(
    'is not %j',
    (text) => {
      expect(tryParsePolicy(text)).toBeUndefined();
    },
  );
});

describe('the difference', () => {
  test('has only the actions and resources that are new', () => {
    const before = policy({ Effect: 'Allow', Action: ['a', 'b'], Resource: ['x', 'y'] });
    const after = policy({ Effect: 'Allow', Action: ['a', 'b', 'c'], Resource: ['x', 'y', 'z'] });

    expect(difference(after, before).map(({ actions, resources }) => [actions, resources])).toEqual(
      [
        [['a', 'b'], ['z']],
        [['c'], ['x', 'y', 'z']],
      ],
    );
    expect(difference(before, after)).toEqual([]);
  });

  test('includes another effect, principal or condition', () => {
    const base = { Effect: 'Allow', Action: 'a', Resource: 'x' };
    const others = [
      { ...base, Effect: 'Deny' },
      { ...base, Principal: { AWS: 'someone' } },
      { ...base, Condition: { StringLike: { 's3:prefix': 'p/*' } } },
    ];

    for (const other of others) expect(difference(policy(other), policy(base))).toHaveLength(1);
  });
});

describe('a document that is read during the apply', () => {
  const document = {
    statement: [
      {
        sid: 'Send',
        actions: ['sqs:Send'],
        resources: [null, 'arn:known'],
        principals: [],
        condition: [],
      },
    ],
  };
  const written = {
    statement: [{ resources: { references: ['aws_sqs_queue.q.arn', 'aws_sqs_queue.q'] } }],
  };

  test('has addresses for unknown ARNs', () => {
    expect(documentStatements(document, written)).toEqual([
      expect.objectContaining({ resources: ['arn:known', 'aws_sqs_queue.q'], isKnown: false }),
    ]);
  });

  test('matches an earlier statement by its Sid and all known values', () => {
    const [later] = documentStatements(document, written) as [Statement];
    const before = (sid: string, Action: string) =>
      policy({ Sid: sid, Effect: 'Allow', Action, Resource: ['arn:known', 'arn:q'] });

    expect(difference([later], before('Send', 'sqs:Send'))).toEqual([]);
    expect(difference([later], before('Other', 'sqs:Send'))).not.toEqual([]);
    expect(difference([later], before('Send', 'sqs:Delete'))).not.toEqual([]);
  });
});
