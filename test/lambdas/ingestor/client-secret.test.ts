import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { parseClientSecret, secretReader } from '../../../lambdas/ingestor/client-secret.js';
import { TokenError } from '../../../lambdas/runtime/errors.js';

const secret = {
  cognito_domain: 'https://auth.example.com',
  client_id: 'pipeline',
  client_secret: 'x',
  scope: 'ingestor/write',
};
const environment = process.env;

beforeEach(() => {
  process.env = { ...environment, AWS_REGION: 'eu-central-1' };
});

afterEach(() => {
  process.env = environment;
});

test.each([
  ['arn:aws:secretsmanager:us-west-2:123456789012:secret:app', 'us-west-2'],
  ['app-of-this-region', 'eu-central-1'],
])('the secret %s is read in %s', async (arn, region) => {
  const manager = mockClient(SecretsManagerClient);
  manager.on(GetSecretValueCommand, { SecretId: arn }).resolves({
    SecretString: JSON.stringify(secret),
  });

  expect(await secretReader(arn)({ fresh: true })).toEqual(secret);

  const regions = manager.calls().map(({ thisValue }) => {
    const { config } = thisValue as SecretsManagerClient;
    return config.region();
  });
  expect(await Promise.all(regions)).toEqual([region]);
});

test.each([
  [new Error('AccessDeniedException'), 'AccessDeniedException'],
  ['not an Error', 'unknown error'],
])('an error with %p names the ARN and keeps the cause', async (cause, detail) => {
  // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what the test is about
  const provider = { get: () => Promise.reject(cause) };

  const error: unknown = await secretReader(
    'arn:x',
    provider as never,
  )({ fresh: false }).catch((thrown: unknown) => thrown);

  expect(error).toBeInstanceOf(TokenError);
  expect(error).toMatchObject({
    message: `the secret arn:x cannot be read: ${detail}`,
    cause,
  });
});

test('an error names each missing key once, and no value', () => {
  const text = JSON.stringify({ ...secret, client_id: '', scope: 7 });

  expect(() => parseClientSecret(text, 'arn:x')).toThrow(
    /^the secret arn:x lacks client_id, scope: it must be a JSON object with the strings cognito_domain, /,
  );
});

test('a binary secret is not a JSON object', () => {
  expect(() => parseClientSecret(Buffer.from(JSON.stringify(secret)), 'arn:x')).toThrow(
    'the secret arn:x is not a JSON object:',
  );
});

test.each(['https://auth.example.com/', 'https://auth.example.com//', 'auth.example.com/'])(
  'the domain %s is used without its trailing slashes',
  (domain) => {
    const text = JSON.stringify({ ...secret, cognito_domain: domain });

    expect(parseClientSecret(text, 'arn:x').cognito_domain).toBe('https://auth.example.com');
  },
);

describe('the secret', () => {
  const text = (value: unknown) => JSON.stringify(value);

  test('[D07] loses a trailing line break, and its domain gets a scheme', () => {
    expect(
      parseClientSecret(
        text({ ...secret, cognito_domain: 'auth.example.com/', client_secret: 'x\n' }),
        'arn',
      ),
    ).toEqual({ ...secret, client_secret: 'x' });
  });

  test('[D14] without a client secret is an error that says what it must hold', () => {
    const withoutSecret = { ...secret, client_secret: undefined };

    expect(() => parseClientSecret(text(withoutSecret), 'arn:x')).toThrow(
      /^the secret arn:x lacks client_secret: it must be a JSON object .*app client with a secret/,
    );
  });

  test.each(['', 'hunter2', '["hunter2"]', '"hunter2"', '{"scope": hunter2', 'null', undefined])(
    'that is %p is an error that does not quote it',
    (value) => {
      const parse = () => parseClientSecret(value, 'arn:x');

      expect(parse).toThrow(
        /^the secret arn:x is not a JSON object: it must be a JSON object with/,
      );
      expect(parse).not.toThrow(/hunter2/);
    },
  );

  test('with values that are not strings is an error that names their keys only', () => {
    const parse = () => parseClientSecret(text({ ...secret, scope: ['hunter2'] }), 'arn:x');

    expect(parse).toThrow(/^the secret arn:x lacks scope: /);
    expect(parse).not.toThrow(/hunter2/);
  });

  test('is read without the cache if it must be fresh', async () => {
    const calls: unknown[] = [];
    const provider = {
      get: (_name: string, options: unknown) => {
        calls.push(options);
        return Promise.resolve(text(secret));
      },
    };
    const read = secretReader('arn:x', provider as never);

    await read({ fresh: false });
    await read({ fresh: true });

    expect(calls).toEqual([{ maxAge: 300 }, { maxAge: 300, forceFetch: true }]);
  });

  test('that cannot be read is an error with its ARN', async () => {
    const provider = { get: () => Promise.reject(new Error('AccessDeniedException')) };

    await expect(secretReader('arn:x', provider as never)({ fresh: false })).rejects.toThrow(
      'the secret arn:x cannot be read: AccessDeniedException',
    );
  });
});
