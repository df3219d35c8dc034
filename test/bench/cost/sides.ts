import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { readPipelineConfig } from '../../../modules/config/config.js';
import { bundleEntries } from '../../../modules/bundling/bundle.js';
import { installReference } from '../reference.js';
import type { Invocations } from './billing.js';
import { Container } from './container.js';

/** One of the two ways to make Items. */
export interface Side {
  readonly name: 'ours' | 'reference';
  readonly settings: Pick<Invocations, 'batchSize' | 'memoryMb' | 'architecture'>;
  /** Number of invocations after the first one, in each round. */
  readonly invocations: number;
  readonly start: (servicesUrl: string) => Container;
  readonly close: () => void;
}

const root = join(import.meta.dirname, '../../..');
const { batch_size: batchSize, memory_mb: memoryMb } = readPipelineConfig(
  join(root, 'pipelines/sentinel1'),
);
const ENTRY = 'pipelines/sentinel1/app.ts';

/** The deployed bundle with the environment and the settings of the deployed function. */
export async function ours(): Promise<Side> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-cost-'));
  const bundles = await bundleEntries([ENTRY], { root });
  const files = unzipSync(bundles.get(ENTRY)?.zip ?? new Uint8Array());
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  const program = [join(import.meta.dirname, 'container.js'), join(folder, 'app.mjs')];
  return {
    name: 'ours',
    settings: { batchSize, memoryMb, architecture: 'arm64' },
    invocations: 20,
    start: (url) =>
      new Container({ command: [process.execPath, ...program], env: environment(url), memoryMb }),
    close: () => {
      rmSync(folder, { recursive: true });
    },
  };
}

function environment(url: string): Readonly<Record<string, string | undefined>> {
  return {
    PATH: process.env['PATH'],
    NODE_OPTIONS: '--enable-source-maps',
    NODE_NO_WARNINGS: '1',
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    AWS_ENDPOINT_URL: url,
    AWS_LAMBDA_FUNCTION_NAME: 'bench-sentinel1-app',
    PIPELINE: 'sentinel1',
    PROJECT: 'bench',
    POWERTOOLS_SERVICE_NAME: 'sentinel1',
    POWERTOOLS_METRICS_NAMESPACE: 'StacPipelines',
    TABLE_NAME: 'bench-sentinel1-state',
    INGESTOR_URL: `${url}/api`,
    SECRET_ARN: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:bench-AbCdEf',
    REQUESTER_PAYS: 'true',
    SOURCE_REGION: 'eu-central-1',
    QUEUE_URL: `${url}/123456789012/bench`,
    DEAD_LETTERS_URL: `${url}/123456789012/bench-dead-letters`,
  };
}

/**
 * stactools-sentinel1 in a handler that processes one message after the other. Batches and invocations are as large as
 * ours. It reads over HTTP with fsspec, as stactools does, which costs less time than signing the requests of S3.
 */
export function reference(): Side {
  const python = installReference();
  const program = join(import.meta.dirname, 'reference_container.py');
  const settings = { batchSize, memoryMb: 1024, architecture: 'x86' } as const;
  return {
    name: 'reference',
    settings,
    invocations: 2,
    start: (url) =>
      new Container({
        command: [python, program],
        env: {
          PATH: process.env['PATH'],
          BUCKET_URL: `${url}/sentinel-s1-l1c`,
          ITEMS_URL: `${url}/api/collections/sentinel-1-grd/items`,
        },
        memoryMb: settings.memoryMb,
      }),
    close: () => undefined,
  };
}
