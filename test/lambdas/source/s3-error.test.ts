import { S3Client } from '@aws-sdk/client-s3';
import { describe, expect, test } from '@jest/globals';
import { s3Objects } from '../../../lambdas/inventory/objects.js';
import { readHttps } from '../../../lambdas/source/https.js';
import { s3ReadError } from '../../../lambdas/source/s3-error.js';
import { S3Source } from '../../../lambdas/source/s3.js';
import { inTurn, type Answer } from '../../support/http-server.js';
import { rejection } from '../../support/rejection.js';
import { s3ClientConfig } from '../../support/s3-server.js';
import { serverPerTest } from '../../support/test-server.js';

const startServer = serverPerTest();

const xml =
  (status: number, body: string): Answer =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/xml' }).end(body);
  };

/** An error document as S3 writes it. */
function refusal(code: string, message: string, elements = ''): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message>${elements}<RequestId>4442587FB7D0A2F9</RequestId><HostId>h</HostId></Error>`;
}

async function clientOf(answer: Answer): Promise<S3Client> {
  const { url } = await startServer(inTurn(answer));
  return new S3Client({ ...s3ClientConfig(url), maxAttempts: 1, followRegionRedirects: true });
}

/** The failure of a read by the SDK from a server that refuses it. */
async function failure(answer: Answer, requesterPays = false) {
  const source = new S3Source({ requesterPays }, await clientOf(answer));
  return rejection(source.read('s3://data/key'));
}

const USER = 'User: arn:aws:sts::123456789012:assumed-role/demo-app/demo-app';
const KMS_DENIED = `${USER} is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:eu-central-1:210987654321:key/1 because no identity-based policy allows the kms:Decrypt action`;
const HIDDEN_KEY =
  'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.';
const GET_DENIED = `${USER} is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::data/kms:key" because no resource-based policy allows the s3:GetObject action`;
const ARCHIVED = "The operation is not valid for the object's storage class";

const KEY_ADVICE =
  'the object is encrypted with a KMS key: add its ARN to source_kms_key_arns; the policy of the key has to allow kms:Decrypt, too';
const ROLE_ADVICE =
  "check that the role may use s3:GetObject there (source, inventory_location), that the bucket's policy allows it if the bucket is in another account";
const SSE_C =
  'The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.';

test('without credentials it says what to set, not that they are no longer valid', () => {
  const cause = Object.assign(new Error('Could not load credentials from any providers'), {
    name: 'CredentialsProviderError',
  });
  const access = { action: 's3:GetObject', requesterPays: false } as const;

  expect(s3ReadError('s3://data/key', cause, access)).toMatchObject({
    kind: 'transient',
    message:
      's3://data/key: cannot be read: CredentialsProviderError: Could not load credentials from any providers (the reader needs credentials of AWS, and there are none that work: sign in, or set AWS_PROFILE or the AWS_ variables)',
  });
});

describe('a read that S3 refuses says what S3 said, and what to do', () => {
  test.each([
    ['AccessDenied', 403, KMS_DENIED, KEY_ADVICE],
    ['AccessDenied', 403, HIDDEN_KEY, KEY_ADVICE],
    ['AccessDenied', 403, GET_DENIED, `${ROLE_ADVICE}, or that the bucket needs requester_pays`],
    ['AccessDenied', 403, 'Access Denied', ROLE_ADVICE],
    ['KMS.DisabledException', 400, 'arn:aws:kms:x is disabled.', 'disabled: enable it'],
    ['KMS.KMSInvalidStateException', 400, 'is pending deletion.', 'cancel its deletion'],
    ['KMS.InvalidStateException', 400, 'is pending deletion.', 'cancel its deletion'],
    ['KMS.NotFoundException', 400, 'Invalid keyId', 'the KMS key of the object does not exist'],
    ['KMS.ThrottlingException', 400, 'Reduce the frequency', 'KMS is busy'],
    ['ThrottlingException', 400, 'Reduce the frequency', 'KMS is busy'],
    ['RequestTimeTooSkewed', 403, 'The difference is too large.', 'the clock of this machine'],
    ['ExpiredToken', 400, 'The provided token has expired.', 'the credentials of the reader'],
    ['InvalidAccessKeyId', 403, 'does not exist in our records.', 'the credentials of the reader'],
    ['SignatureDoesNotMatch', 403, 'does not match.', 'the credentials of the reader'],
    ['SlowDown', 503, 'Please reduce your request rate.', 'S3 is busy'],
    ['InternalError', 500, 'We encountered an internal error.', 'S3 is busy'],
  ])('%s (%d) is transient', async (...[code, status, message, advice]) => {
    const failed = await failure(xml(status, refusal(code, message)));

    expect(failed.kind).toBe('transient');
    expect(failed.message).toContain(`${code}: ${message} (`);
    expect(failed.message).toContain(advice);
    expect(failed.message).toMatch(/^s3:\/\/data\/key: (?:access denied|cannot be read): /);
  });

  test.each([
    ['PermanentRedirect', 301, '<Endpoint>data.s3.us-west-2.amazonaws.com</Endpoint>'],
    ['AuthorizationHeaderMalformed', 400, '<Region>us-west-2</Region>'],
  ])('%s names where the bucket is', async (code, status, element) => {
    const { message } = await failure(xml(status, refusal(code, 'Wrong region.', element)));

    expect(message).toMatch(
      /\(the bucket is in [\w.]*us-west-2[\w.]*\) \(the bucket is in another/,
    );
  });

  test('a reader that pays already is not told to pay', async () => {
    const { message } = await failure(xml(403, refusal('AccessDenied', 'Access Denied')), true);

    expect(message).toContain(ROLE_ADVICE);
    expect(message).not.toContain('requester_pays');
  });

  test.each([
    ['<StorageClass>DEEP_ARCHIVE</StorageClass>', ' in DEEP_ARCHIVE'],
    [
      '<StorageClass>INTELLIGENT_TIERING</StorageClass><AccessTier>ARCHIVE_ACCESS</AccessTier>',
      ' in ARCHIVE_ACCESS',
    ],
    ['', ''],
  ])('an archived object (%s) is permanent', async (elements, where) => {
    expect(await failure(xml(403, refusal('InvalidObjectState', ARCHIVED, elements)))).toEqual({
      kind: 'permanent',
      name: 'ReadError',
      message: `s3://data/key: cannot be read: InvalidObjectState: ${ARCHIVED} (the object is archived${where}: restore it, which takes minutes to 48 hours, before it is read again)`,
    });
  });

  test("an object under its owner's key (SSE-C) is permanent", async () => {
    expect(await failure(xml(400, refusal('InvalidRequest', SSE_C)))).toMatchObject({
      kind: 'permanent',
      message: expect.stringContaining('ask for a copy') as unknown,
    });
  });

  test('a code without advice keeps the message of S3', async () => {
    expect(await failure(xml(403, refusal('AllAccessDisabled', 'All access is off')))).toEqual({
      kind: 'transient',
      name: 'ReadError',
      message: 's3://data/key: cannot be read: AllAccessDisabled: All access is off',
    });
  });

  test.each([
    [403, 'access denied: HTTP status 403: S3 did not say why (check that the role may use'],
    [301, 'cannot be read: PermanentRedirect: S3 did not say why (the bucket is in another region'],
    [400, 'cannot be read: HTTP status 400: S3 did not say why'],
  ])('a response %d without a body has its status', async (status, text) => {
    expect((await failure(xml(status, ''))).message).toContain(text);
  });

  test.each(['<html>Bad gateway</html>', 'no document'])(
    'the body %j does not hide the status',
    async (body) => {
      expect((await failure(xml(502, body))).message).toBe(
        's3://data/key: cannot be read: HTTP status 502: S3 did not say why',
      );
    },
  );
});

test('the listing of an inventory is refused with the permission that it needs', async () => {
  const client = await clientOf(xml(403, refusal('AccessDenied', 'Access Denied')));
  const objects = s3Objects({ requesterPays: false, client });

  expect((await rejection(objects.folders('s3://data/reports/'))).message).toContain(
    's3://data/reports/: access denied: AccessDenied: Access Denied (check that the role may use s3:ListBucket',
  );
});

describe('over http', () => {
  async function overHttp(answer: Answer) {
    const { url } = await startServer(inTurn(answer));
    return rejection(readHttps(`${url}/key`));
  }

  test('an archived object is permanent', async () => {
    const body = refusal('InvalidObjectState', ARCHIVED.replace("'", '&apos;'));
    const { kind, message } = await overHttp(xml(403, body));

    expect(kind).toBe('permanent');
    expect(message).toContain(`HTTP status 403 (InvalidObjectState: ${ARCHIVED}): the object is`);
  });

  test.each([
    [401, 'Sign in'],
    [403, refusal('AccessDenied', 'Request has expired')],
  ])('a refusal with %d says that no credentials are sent', async (status, body) => {
    const { kind, message } = await overHttp(xml(status, body));

    expect(kind).toBe('transient');
    expect(message).toContain(`HTTP status ${status}`);
    expect(message).toContain('an http(s) URL is read without credentials: use s3://bucket/key');
    expect(message.includes('AccessDenied: Request has expired')).toBe(status === 403);
  });

  test.each([
    ['NoSuchKey', true],
    ['NoSuchBucket', false],
  ])('%s says whether the object may still arrive: %s', async (code, missing) => {
    const { url } = await startServer(inTurn(xml(404, refusal(code, 'It does not exist.'))));

    await expect(readHttps(`${url}/key`)).rejects.toMatchObject({
      kind: 'permanent',
      missing,
      message: `${url}/key: cannot be read: HTTP status 404 (${code}: It does not exist.)`,
    });
  });

  test.each([
    '<Error><Message>x</Message></Error>',
    `<Error><Code>A</Code>${' '.repeat(70_000)}</Error>`,
  ])('a document that is not a refusal of S3 is left out (%#)', async (body) => {
    expect((await overHttp(xml(404, body))).message).toMatch(/HTTP status 404$/);
  });
});
