import { SecretsManagerClient, GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { ingestor, secret, token } from '../../../cli/doctor/ingestor.js';
import { stacApi } from '../../../cli/doctor/stac-api.js';
import { doctorSubject } from '../../../cli/doctor/subject.js';
import { serve, type LocalRequest, type LocalServer } from '../../../local/http/server.js';
import { awsError, subjectOf, verdicts, type Fields } from './subject.js';

const secrets = mockClient(SecretsManagerClient);
const KEYS = { client_id: 'id', client_secret: 'hush-hush', scope: 'a/b' };

let server: LocalServer;
let answers: Readonly<Record<string, { readonly status: number; readonly body: string }>>;
const seen: LocalRequest[] = [];

beforeEach(async () => {
  secrets.reset();
  seen.length = 0;
  answers = {
    '/oauth2/token': { status: 200, body: '{"access_token":"t-o-k-e-n","expires_in":3600}' },
    '/api/ingestions': { status: 404, body: '{"detail":"No ingestion found with provided ID"}' },
    '/stac/': { status: 200, body: '{"type":"Catalog","stac_version":"1.0.0"}' },
  };
  server = await serve((request) => {
    seen.push(request);
    const path = request.path.replace(/\/doctor-.*$/, '');
    return answers[path] ?? { status: 500, body: 'Internal Server Error' };
  });
  answer({ ...KEYS, cognito_domain: server.url });
});
afterEach(() => server.close());

function answer(value: object | string): void {
  const SecretString = typeof value === 'string' ? value : JSON.stringify(value);
  secrets.on(GetSecretValueCommand).resolves({ SecretString });
}

function subject(fields: Fields = {}) {
  const { pipeline, project, env, root } = subjectOf({
    ingestor_url: `${server.url}/api/`,
    stac_api_url: `${server.url}/stac`,
    ...fields,
  });
  return doctorSubject({ pipeline, project, env, root });
}

describe('the secret', () => {
  test('with its four keys is fine, and no value of it is said', async () => {
    const found = await verdicts(secret, subject());

    expect(found).toMatchObject([{ state: 'fine' }]);
    expect(JSON.stringify(found)).not.toContain('hush-hush');
  });

  test.each([
    ['{"client_id":"x","client_secret":"hush-hush","scope":"y"}', 'lacks cognito_domain'],
    ['hush-hush', 'is not a JSON object'],
  ])('that is %s is wrong, without its value', async (value, says) => {
    answer(value);

    const found = await verdicts(secret, subject());

    expect(found).toMatchObject([
      { state: 'wrong', says: expect.stringContaining(says) as unknown },
    ]);
    expect(JSON.stringify(found)).not.toContain('hush-hush');
  });

  test.each([
    [awsError('ResourceNotFoundException', 400), 'wrong'],
    [awsError('AccessDeniedException', 400), 'not checked'],
    [new Error('connect ECONNREFUSED'), 'wrong'],
  ])('that gives %s is %s', async (error, state) => {
    secrets.on(GetSecretValueCommand).rejects(error);

    expect(await verdicts(secret, subject())).toMatchObject([{ state }]);
    expect(await verdicts(token, subject())).toMatchObject([{ state: 'not checked' }]);
  });
});

describe('a token', () => {
  test('that the endpoint gives is fine, and is not said', async () => {
    const found = await verdicts(token, subject());

    expect(found).toEqual([{ state: 'fine', says: `${server.url} gives one` }]);
    expect(JSON.stringify(found)).not.toContain('t-o-k-e-n');
  });

  test.each([
    [{ status: 400, body: '{"error":"invalid_client"}' }, 'invalid_client'],
    [
      { status: 400, body: '{"error":"invalid_scope"}' },
      "does not allow the scopes that were sent, 'a/b'",
    ],
    [{ status: 200, body: '{}' }, 'without an access_token'],
  ])('for which the endpoint answers %o is wrong', async (given, says) => {
    answers = { ...answers, '/oauth2/token': given };

    const found = await verdicts(token, subject());

    expect(found).toMatchObject([
      { state: 'wrong', says: expect.stringContaining(says) as unknown },
    ]);
  });
});

describe('the ingestor', () => {
  test('that lets the client in is fine, and is only read', async () => {
    expect(await verdicts(ingestor, subject())).toEqual([
      { state: 'fine', says: `${server.url}/api lets the client in` },
    ]);
    const [asked] = seen.filter(({ path }) => path.startsWith('/api'));
    expect(asked?.method).toBe('GET');
    expect(asked?.headers.authorization).toBe('Bearer t-o-k-e-n');
  });

  test.each([
    [403, '{"detail":"Bad auth token"}', 'to a new token', 'JWKS_URL'],
    [401, '{"detail":"Not authenticated"}', 'to a new token', 'JWKS_URL'],
    [403, '{"message":"Forbidden"}', '403', 'stage'],
    [404, '{"detail":"Not Found"}', '404', 'verify_ingestion: false'],
    [405, '{}', '405', 'path'],
    [422, '{"detail":[{"loc":["query","provided_by"]}]}', 'provided_by', 'JWKS_URL'],
    [500, 'Internal Server Error', '500', 'signing key'],
    [503, '', '503', 'its log'],
    [307, '', 'a redirect', 'final URL'],
  ])('that answers %i %s is wrong', async (...given) => {
    const [status, body, says, remedy] = given;
    answers = { ...answers, '/api/ingestions': { status, body } };

    expect(await verdicts(ingestor, subject())).toMatchObject([
      {
        state: 'wrong',
        says: expect.stringContaining(says) as unknown,
        remedy: expect.stringContaining(remedy) as unknown,
      },
    ]);
  });

  test('is reached but not checked without a token', async () => {
    secrets.on(GetSecretValueCommand).rejects(awsError('AccessDeniedException', 400));

    expect(await verdicts(ingestor, subject())).toMatchObject([
      { state: 'not checked', says: expect.stringContaining('HTTP status 404') as unknown },
    ]);
  });

  test('that cannot be reached, or whose URL is a placeholder, is wrong', async () => {
    expect(
      await verdicts(ingestor, subject({ ingestor_url: 'http://127.0.0.1:9/api' })),
    ).toMatchObject([
      { state: 'wrong', says: expect.stringContaining('cannot be reached') as unknown },
    ]);
    expect(
      await verdicts(ingestor, subject({ ingestor_url: 'https://ingestor.example.com/api' })),
    ).toMatchObject([{ state: 'wrong', says: expect.stringContaining('placeholder') as unknown }]);
  });
});

describe('the STAC API', () => {
  test('is fine', async () => {
    expect(await verdicts(stacApi, subject())).toMatchObject([{ state: 'fine' }]);
  });

  test.each([
    [{ status: 404, body: '' }, 'HTTP status 404'],
    [{ status: 200, body: '<html>' }, 'no stac_version'],
    [{ status: 200, body: 'null' }, 'no stac_version'],
  ])('that answers %o is wrong', async (given, says) => {
    answers = { ...answers, '/stac/': given };

    expect(await verdicts(stacApi, subject())).toMatchObject([
      { state: 'wrong', says: expect.stringContaining(says) as unknown },
    ]);
  });

  test('that the config does not have is not needed', async () => {
    expect(await verdicts(stacApi, subject({ stac_api_url: undefined }))).toEqual([
      { state: 'not needed', says: 'stac_api_url is not set' },
    ]);
  });
});
