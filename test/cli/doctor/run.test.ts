import {
  ECRClient,
  DescribeImagesCommand,
  ImageNotFoundException,
  RepositoryNotFoundException,
} from '@aws-sdk/client-ecr';
import { describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { fine, unchecked, unneeded, wrong, type Check } from '../../../cli/doctor/check.js';
import { CHECKS } from '../../../cli/doctor/checks.js';
import { builder, repository } from '../../../cli/doctor/images.js';
import { doctorJson, doctorText } from '../../../cli/doctor/report.js';
import { isWrong, runChecks } from '../../../cli/doctor/run.js';
import { terraform } from '../../../cli/doctor/tools.js';
import { awsError, subjectOf, verdicts } from './subject.js';

const check = (name: string, run: Check['run'], needsCredentials = false): Check => ({
  name,
  needsCredentials,
  run,
});

describe('the checks', () => {
  test('have different names', () => {
    expect(new Set(CHECKS.map(({ name }) => name)).size).toBe(CHECKS.length);
  });

  test('run independently: one that fails or hangs hides no other', async () => {
    const findings = await runChecks(
      [
        check('a', () => Promise.reject(new Error('boom'))),
        check('b', () => new Promise(() => undefined)),
        check('c', () => Promise.resolve([fine('one'), unchecked('two')])),
      ],
      subjectOf(),
      { limitMs: 50 },
    );

    expect(findings).toMatchObject([
      { check: 'a', state: 'wrong', says: 'the check failed: boom' },
      { check: 'b', state: 'wrong', says: 'no answer within 0.05 seconds' },
      { check: 'c', state: 'fine', says: 'one' },
      { check: 'c', state: 'not checked', says: 'two' },
    ]);
    expect(isWrong(findings)).toBe(true);
  });

  test('that ask AWS are not run without credentials', async () => {
    const subject = subjectOf({}, { identity: () => Promise.reject(new Error('expired')) });

    const findings = await runChecks(
      [
        check('a', () => Promise.resolve(fine('x')), true),
        check('b', () => Promise.resolve(fine('y'))),
      ],
      subject,
      { limitMs: 1000 },
    );

    expect(findings).toMatchObject([{ state: 'not checked' }, { state: 'fine' }]);
    expect(isWrong(findings)).toBe(false);
  });

  test('wait for the identity for half of the limit, unless AWS has nothing to say to them', async () => {
    const subject = subjectOf({}, { identity: () => new Promise(() => undefined) });
    const who: Check['run'] = ({ identity }) => identity().then(({ arn }) => fine(arn));
    const asksNothing = { ...check('c', () => Promise.resolve(unneeded('x'))) };

    const findings = await runChecks(
      [
        check('a', who),
        check('b', () => Promise.resolve(fine('x')), true),
        { ...asksNothing, needsCredentials: () => false },
        check('d', ({ token }) => token().then(fine, () => fine('without a token'))),
      ],
      subject,
      { limitMs: 200 },
    );

    expect(findings).toMatchObject([
      { state: 'wrong', says: 'the check failed: no answer within 0.1 seconds' },
      { state: 'not checked', says: 'AWS does not say who you are' },
      { state: 'not needed' },
      { says: 'without a token' },
    ]);
  });
});

test('the report has a line for each with what to do, gathers the same reasons, and says how many are fine', () => {
  const findings = [
    { check: 'secret', ...fine('it is there') },
    { check: 'state bucket', ...wrong('it is gone\u001b[2J', 'make it') },
    { check: 'token', ...unchecked('it takes the secret') },
    { check: 'inventory', ...unchecked('who knows') },
    { check: 'quotas', ...unchecked('who knows') },
    { check: 'topic', ...unneeded('sns is not set') },
    { check: 'image builder', ...unneeded('it is TypeScript') },
    { check: 'image repository', ...unneeded('it is TypeScript') },
  ];

  expect(doctorText('example', findings).split('\n')).toEqual([
    'example: nothing is changed by these checks',
    '',
    'ok     secret        it is there',
    'WRONG  state bucket  it is gone [2J',
    '                     to do: make it',
    '-      token         not checked: it takes the secret',
    '',
    'not checked: inventory, quotas (who knows)',
    'not needed: topic (sns is not set); image builder, image repository (it is TypeScript)',
    '',
    '8 checks: 1 fine, 1 wrong, 3 not checked, 3 not needed.',
  ]);
  expect(JSON.parse(doctorJson('example', findings))).toEqual({
    pipeline: 'example',
    isReady: false,
    findings,
  });
});

describe('Terraform', () => {
  test('that is not on the PATH is wrong', async () => {
    const env = { TERRAFORM_BINARY_NAME: 'no-such-terraform' };

    expect(await verdicts(terraform, subjectOf({}, { env }))).toMatchObject([
      { state: 'wrong', says: expect.stringContaining('no-such-terraform') as unknown },
    ]);
  });
});

describe('the image of a pipeline in Python', () => {
  const ecr = mockClient(ECRClient);
  const python = () => subjectOf({ python_function: 'a:b' });

  test.each([
    [new ImageNotFoundException({ message: 'no', $metadata: {} }), 'fine'],
    [new RepositoryNotFoundException({ message: 'no', $metadata: {} }), 'wrong'],
    [awsError('AccessDeniedException', 400), 'not checked'],
    [new Error('ENOTFOUND'), 'wrong'],
  ])('has a repository that gives %s: %s', async (error, state) => {
    ecr.reset();
    ecr.on(DescribeImagesCommand).rejects(error);

    expect(await verdicts(repository, python())).toMatchObject([{ state }]);
  });

  test('is not needed in TypeScript', async () => {
    for (const one of [builder, repository])
      expect(await verdicts(one, subjectOf())).toMatchObject([{ state: 'not needed' }]);
  });

  test('needs a program that builds it', async () => {
    const { PATH } = process.env;
    process.env['PATH'] = '/nowhere';
    try {
      expect(await verdicts(builder, python())).toMatchObject([
        { state: 'wrong', says: expect.stringContaining('docker is not on the PATH') as unknown },
      ]);
    } finally {
      process.env['PATH'] = PATH;
    }
  });
});
