import { spawnSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { runCli } from '../../support/cli/run-cli.js';

const TIMEOUT_MS = 240_000;
const { status } = spawnSync('npm', ['view', 'cdktn@0.24.0', 'version'], { timeout: 30_000 });
const whereReachable = status === 0 ? test : test.skip;

// npm verifies its registry with these certificates, for example those of a company's proxy. Without them it retries for
// minutes, and then uses its cache.
const { NODE_EXTRA_CA_CERTS } = process.env;
const TRUST = { ...(NODE_EXTRA_CA_CERTS !== undefined && { NODE_EXTRA_CA_CERTS }) };

whereReachable(
  'cdktn synthesizes the same JSON as cdktf (skipped where npm cannot reach its registry)',
  async () => {
    const { code, stdout } = await runCli('check-cdktn', [], { env: TRUST });

    expect(stdout).toMatch(/^identical with cdktn@0\.24\.0.*: cop_dem_30, sentinel1\n$/);
    expect(code).toBe(0);
  },
  TIMEOUT_MS,
);
