import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { runCli } from '../../../support/cli/run-cli.js';
import { httpServer, type SeenRequest } from '../../../support/http-server.js';

const ARN = 'arn:aws:iam::123456789012:user/ann';
const SECRET = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:x-AbCdEf';

interface DoctorOutput {
  readonly isReady: boolean;
  readonly findings: readonly {
    readonly check: string;
    readonly state: string;
    readonly says: string;
  }[];
}

let folder: string;
let aws: Awaited<ReturnType<typeof httpServer>>;

beforeEach(async () => {
  aws = await httpServer((request, response) => {
    const { status, body } = answerOf(request);
    response.writeHead(status).end(body);
  });
  folder = mkdtempSync(join(tmpdir(), 'doctor-'));
  const pipeline = join(folder, 'pipelines/example');
  mkdirSync(pipeline, { recursive: true });
  const factory = JSON.stringify(resolve('lambdas/granule-handler.ts'));
  writeFileSync(
    join(pipeline, 'app.ts'),
    `import { granuleHandler } from ${factory};
export const handler = granuleHandler({ collectionId: 'example', parseMessage: () => undefined, createItem: () => Promise.reject(new Error()) });`,
  );
  writeFileSync(join(pipeline, 'collection.ts'), '');
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  writeFileSync(join(folder, 'cdktf.json'), '{}');
  config(`ingestor_url: ${aws.url}/api`);
});

afterEach(async () => {
  await aws.close();
  rmSync(folder, { recursive: true, force: true });
});

function config(ingestor: string): void {
  const lines = ['id: example', 'compute: awslambda', ingestor, `secret_arn: ${SECRET}`];
  writeFileSync(join(folder, 'pipelines/example/config.yaml'), `${lines.join('\n')}\n`);
}

/** An AWS that knows the caller and its secret, a token endpoint and an ingestor; it refuses everything else. */
function answerOf({ url, headers, body }: SeenRequest): { status: number; body: string } {
  if (url === '/oauth2/token') return { status: 200, body: '{"access_token":"t-o-k-e-n"}' };
  if (url.startsWith('/api/'))
    return { status: 404, body: '{"detail":"No ingestion found with provided ID"}' };
  if (body.includes('GetCallerIdentity'))
    return {
      status: 200,
      body: `<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>${ARN}</Arn><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`,
    };
  if (String(headers['x-amz-target']).endsWith('GetSecretValue')) {
    const secret = { cognito_domain: aws.url, client_id: 'i', client_secret: 'hush', scope: 's' };
    return { status: 200, body: JSON.stringify({ SecretString: JSON.stringify(secret) }) };
  }
  return { status: 403, body: '' };
}

const doctor = (...args: string[]) =>
  runCli('doctor', ['example', ...args], {
    cwd: folder,
    env: { AWS_ENDPOINT_URL: aws.url, STATE_BUCKET: 'demo-state', STATE_REGION: 'eu-central-1' },
  });

test('each line says what is fine, what is wrong, and what is not checked or needed', async () => {
  const { code, stdout, stderr } = await doctor('--json', '--limit', '60');

  expect(stderr).toBe('');
  const { isReady, findings } = JSON.parse(stdout) as DoctorOutput;
  const states = Object.fromEntries(findings.map(({ check, state }) => [check, state]));
  expect(states).toMatchObject({
    credentials: 'fine',
    'state bucket': 'wrong',
    secret: 'fine',
    token: 'fine',
    ingestor: 'fine',
    'STAC API': 'not needed',
    source: 'not needed',
    topic: 'not needed',
    quotas: 'not checked',
    permissions: 'not checked',
    'image builder': 'not needed',
  });
  expect([isReady, code]).toEqual([false, 1]);
  expect(stdout).not.toMatch(/hush|t-o-k-e-n/);
});

test('a config.yaml that is wrong is the only line', async () => {
  config('ingestor_url: nowhere');

  const { code, stdout } = await doctor();

  expect(code).toBe(1);
  expect(stdout).toMatch(/WRONG {2}configuration {2}.*ingestor_url/);
  expect(stdout).toContain('1 check: 0 fine, 1 wrong.');
});
