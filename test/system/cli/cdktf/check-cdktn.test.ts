import { spawnSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { listPipelines } from '../../../../modules/config/folder.js';
import { runCli } from '../../../support/cli/run-cli.js';

const TIMEOUT_MS = 240_000;
const { status } = spawnSync('npm', ['view', 'cdktn@0.24.0', 'version'], { timeout: 30_000 });
const whereReachable = status === 0 && listPipelines().length > 0 ? test : test.skip;

// npm verifies its registry with these certificates, for example those of a company's proxy. Without them it retries for
// minutes, and then uses its cache.
const { NODE_EXTRA_CA_CERTS } = process.env;
const TRUST = { ...(NODE_EXTRA_CA_CERTS !== undefined && { NODE_EXTRA_CA_CERTS }) };

whereReachable(
  'cdktn synthesizes the same JSON as cdktf (skipped where npm cannot reach its registry, and without a pipeline)',
  async () => {
    const { code, stdout } = await runCli('check-cdktn', [], { env: TRUST });

    const stacks = listPipelines('pipelines').toSorted().join(', ');
    expect(stdout).toBe(`identical with cdktn@0.24.0, except for "//": ${stacks}\n`);
    expect(code).toBe(0);
  },
  TIMEOUT_MS,
);
