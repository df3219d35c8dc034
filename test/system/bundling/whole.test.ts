import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from '@jest/globals';
import { stop } from 'esbuild';
import { unzipSync } from 'fflate';
import type { Bundle } from '../../../modules/bundling/bundle.js';
import { bundlePipelines } from '../../../modules/bundling/pipeline-bundles.js';
import { listPipelines } from '../../../modules/config/config.js';
import { readLocalConfig } from '../../../modules/config/environment/local.js';
import type { FunctionRole } from '../../../modules/config/names.js';
import { fixtureProject } from '../../support/cli/fixture-project.js';
import { deployedServices } from '../../support/deployed-services.js';

const run = promisify(execFile);
const root = listPipelines().length > 0 ? process.cwd() : fixtureProject();
const configs = listPipelines(join(root, 'pipelines')).map((id) => ({
  ...readLocalConfig(join(root, 'pipelines', id)).config,
  verify_ingestion: true,
}));
const linked = await bundlePipelines(configs, { root, cache: false, whole: false });
const whole = await bundlePipelines(configs, { root, cache: false, whole: true });
const services = await deployedServices();

const functions = [...linked].flatMap(([id, all]) =>
  Object.keys(all)
    // Runs when it is loaded (test/system/runtime-api).
    .filter((role) => role !== 'bootstrap')
    .map((role) => [id, role as FunctionRole] as const),
);

const ENVIRONMENT = {
  ...services.environment,
  PROJECT: 'demo',
  AWS_LAMBDA_FUNCTION_NAME: 'demo-historic',
  POWERTOOLS_METRICS_NAMESPACE: 'StacPipelines',
  TABLE_NAME: 'state',
  INGESTOR_URL: `${services.url}/api`,
  SECRET_ARN: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:s-AbCdEf',
  QUEUE_URL: `${services.url}/123456789012/granules`,
  DEAD_LETTERS_URL: `${services.url}/123456789012/dead-letters`,
  VERIFY_INGESTION: 'true',
  VERIFY_TRIES: '3',
  MAPPING_ID: '0a1b2c3d-mapping',
  WORKGROUP: 'backfill',
  DATABASE: 'demo',
  INVENTORY_TABLE: 'objects',
  INVENTORY_FORMAT: 'csv',
  INVENTORY_FIELDS: 'bucket,key',
  INVENTORY_LOCATION: 's3://reports/daily/waves/everything',
  HISTORIC_FREQUENCY: '0',
  MAX_SCAN_GB: '1',
};

/** One message of the pipeline's sample, and one that no pipeline can parse. */
function eventOf(id: string, role: FunctionRole): object {
  if (role !== 'app') return { action: 'run' };
  const file = `pipelines/${id}/sample/messages.ndjson`;
  // A Python pipeline has none; it refuses both bodies in the same way each time.
  const [line = ''] = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  const bodies = [line, '{"no": "granule"}'];
  const attributes = { ApproximateReceiveCount: '1', SentTimestamp: '0' };
  const Records = bodies.map((body, index) => ({
    messageId: `m${index}`,
    receiptHandle: `r${index}`,
    body,
    attributes,
    messageAttributes: {},
  }));
  return { Records };
}

/** Returns the exports of a bundle, the result or error of its handler, and the requests that the handler sends. */
async function behaviourOf({ name, zip }: Bundle, id: string, event: object): Promise<object> {
  services.calls.length = 0;
  services.rows.length = 0;
  services.seen.length = 0;
  const folder = mkdtempSync(join(tmpdir(), 'task-'));
  for (const [file, content] of Object.entries(unzipSync(zip)))
    writeFileSync(join(folder, file), content);
  const program = `
    const bundle = await import('${folder}/${name}.mjs');
    const context = { awsRequestId: 'r', getRemainingTimeInMillis: () => 30_000 };
    const result = await bundle.handler(${JSON.stringify(event)}, context).catch(({ name, message }) => ({ name, message }));
    process.stdout.write('\\n' + JSON.stringify({ exports: Object.keys(bundle).sort(), result }));`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program], {
    cwd: folder,
    env: { PATH: process.env['PATH'], PIPELINE: id, POWERTOOLS_SERVICE_NAME: id, ...ENVIRONMENT },
  });
  rmSync(folder, { recursive: true });
  const outcome = JSON.parse(stdout.split('\n').at(-1) ?? '') as object;
  const requests = services.seen.map(({ method, url, headers, body }) =>
    // Bodies of requests to AWS hold times and random tokens, so only their operation is compared.
    [method, url, headers['x-amz-target'] ?? body].join(' '),
  );
  return { ...outcome, requests: requests.sort() };
}

function bundleOf(bundles: typeof linked, id: string, role: FunctionRole): Bundle {
  const bundle = bundles.get(id)?.[role];
  if (!bundle) throw new Error(`no bundle of ${role} of ${id}`);
  return bundle;
}

// Otherwise esbuild's process keeps running after the tests.
afterAll(async () => {
  await services.close();
  await stop();
});

describe.each(functions)('%s/%s', (id, role) => {
  test('behaves the same bundled whole and with shared packages', async () => {
    const event = eventOf(id, role);
    const before = await behaviourOf(bundleOf(whole, id, role), id, event);
    const after = await behaviourOf(bundleOf(linked, id, role), id, event);

    expect(after).toEqual(before);
    expect(before).toMatchObject({ exports: expect.arrayContaining(['handler']) as unknown });
    expect(before).not.toMatchObject({ requests: [] });
  });

  test('has different bytes each way', () => {
    expect(bundleOf(whole, id, role).hash).not.toBe(bundleOf(linked, id, role).hash);
  });
});
