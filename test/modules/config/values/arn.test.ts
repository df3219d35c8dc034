import { describe, expect, test } from '@jest/globals';
import {
  parseArn,
  parseKeyArn,
  parseRegion,
  parseSecretArn,
  parseStandardTopicArn,
  parseTopicArn,
  partitionOf,
  secretPolicyArn,
} from '../../../../modules/config/values/arn.js';
import { FieldError } from '../../../../modules/config/values/error.js';

const fault = (message: string) => new FieldError(message);

describe('parseArn', () => {
  test('splits an ARN into its parts', () => {
    expect(parseArn('arn:aws-cn:sns:cn-north-1:123456789012:new-waves')).toEqual({
      partition: 'aws-cn',
      service: 'sns',
      region: 'cn-north-1',
      account: '123456789012',
      resource: 'new-waves',
    });
  });

  test('keeps colons within the resource', () => {
    const { resource } = parseArn(
      'arn:aws:secretsmanager:us-east-1:123456789012:secret:a/b-AbCdEf',
    );

    expect(resource).toBe('secret:a/b-AbCdEf');
  });

  test.each([
    ['', 'must be an ARN: arn:partition:service:region:account:resource'],
    ['new-waves', 'must be an ARN: arn:partition:service:region:account:resource'],
    [
      'arn:aws:sns:us-east-1:123456789012:',
      'must be an ARN: arn:partition:service:region:account:resource',
    ],
    [
      'urn:aws:sns:us-east-1:123456789012:a',
      'must be an ARN: arn:partition:service:region:account:resource',
    ],
    ['arn:aws:sns::123456789012:a', 'must be an ARN with a valid region, not ""'],
    ['arn:aws:sns:us-east:123456789012:a', 'must be an ARN with a valid region, not "us-east"'],
    [
      'arn:aws:sns:cn-north-1:123456789012:a',
      'must have the partition of cn-north-1, aws-cn, not "aws"',
    ],
    [
      'arn:amazon:sns:us-east-1:123456789012:a',
      'must have the partition of us-east-1, aws, not "amazon"',
    ],
    [
      'arn:aws:sns:us-east-1:12345678901:a',
      'must be an ARN with a 12-digit account, not "12345678901"',
    ],
    [
      'arn:aws:sns:us-east-1:12345678901x:a',
      'must be an ARN with a 12-digit account, not "12345678901x"',
    ],
    [
      'arn:aws:sns:us-east-1:123456789012:*',
      'must name one resource without wildcards or spaces, not "*"',
    ],
    [
      'arn:aws:sns:us-east-1:123456789012:a b',
      'must name one resource without wildcards or spaces, not "a b"',
    ],
  ])('%s is refused', (value, message) => {
    expect(() => parseArn(value)).toThrow(fault(message));
  });
});

describe('a region', () => {
  test.each([
    ['us-east-1', 'aws'],
    ['ap-southeast-5', 'aws'],
    ['mx-central-1', 'aws'],
    ['cn-northwest-1', 'aws-cn'],
    ['us-gov-west-1', 'aws-us-gov'],
    ['us-iso-east-1', 'aws-iso'],
    ['us-isob-east-1', 'aws-iso-b'],
    ['eusc-de-east-1', 'aws-eusc'],
  ])('%s is in the partition %s', (region, partition) => {
    expect([parseRegion(region), partitionOf(region)]).toEqual([region, partition]);
  });

  test.each(['us-east', 'US-EAST-1', 'europe', 'us-east-1a', 'eu_central_1'])(
    '%s is refused',
    (value) => {
      expect(() => parseRegion(value)).toThrow(fault('must be an AWS region such as eu-central-1'));
    },
  );
});

describe('a topic', () => {
  const arn = (resource: string) => `arn:aws:sns:us-east-1:123456789012:${resource}`;

  test('is an SNS ARN with a name', () => {
    expect(parseTopicArn(arn('new_waves-1')).resource).toBe('new_waves-1');
    expect(() => parseTopicArn('arn:aws:sqs:us-east-1:123456789012:a')).toThrow(
      fault('must be the ARN of an SNS topic, not of the service "sqs"'),
    );
    expect(() => parseTopicArn(arn('waves:0a1b'))).toThrow(
      fault('must be the ARN of an SNS topic: "waves:0a1b" is not a valid topic name'),
    );
  });

  test('that feeds a queue is not a FIFO topic, and the error says why', () => {
    expect(parseTopicArn(arn('alarms.fifo')).resource).toBe('alarms.fifo');
    expect(parseStandardTopicArn(arn('waves')).resource).toBe('waves');
    expect(() => parseStandardTopicArn(arn('waves.fifo'))).toThrow(
      'a FIFO topic cannot deliver to a standard queue',
    );
  });
});

describe('a secret', () => {
  const arn = (resource: string) => `arn:aws:secretsmanager:us-east-1:123456789012:${resource}`;

  test('is a Secrets Manager ARN with a name', () => {
    expect(parseSecretArn(arn('secret:a/ingestor-AbCdEf')).resource).toBe(
      'secret:a/ingestor-AbCdEf',
    );
    expect(() => parseSecretArn(arn('ingestor'))).toThrow('must end in secret:<name>');
    expect(() => parseSecretArn('arn:aws:ssm:us-east-1:123456789012:secret:a')).toThrow(
      'must be the ARN of a Secrets Manager secret, not of the service "ssm"',
    );
  });

  test('is named in a policy with the six characters of its ARN, or with six wildcards', () => {
    expect(secretPolicyArn(arn('secret:ingestor-AbCdEf'))).toBe(arn('secret:ingestor-AbCdEf'));
    expect(secretPolicyArn(arn('secret:ingestor'))).toBe(arn('secret:ingestor-??????'));
  });
});

test('a key is a KMS ARN with an id, not with an alias', () => {
  const arn = (resource: string) => `arn:aws:kms:us-east-1:123456789012:${resource}`;

  expect(parseKeyArn(arn('key/mrk-0a1b')).resource).toBe('key/mrk-0a1b');
  expect(() => parseKeyArn(arn('alias/mine'))).toThrow(
    'an IAM policy cannot refer to a key by its alias',
  );
});
