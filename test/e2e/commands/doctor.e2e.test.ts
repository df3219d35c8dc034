import { createServer } from 'node:http';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { mapLimited } from '../../../lambdas/runtime/retry.js';
import type { CommandOutcome } from '../deployment/commands.js';
import { brokenCases, HIDDEN, secret, type Case } from '../data/doctor-cases.js';
import { doctor, type Report } from '../deployment/doctor.js';
import { recordingProxy } from '../system/recording-proxy.js';
import { listProjectResources } from '../system/own-resources.js';
import { freePorts } from '../system/processes.js';
import { posts, system } from '../system/running.js';
import { loopback } from '../system/services.js';
import { listStates } from '../system/state-bucket.js';

// What the emulator cannot do is tested in test/cli/doctor: regions that do not exist or are not enabled, credentials of
// another account, buckets whose reader pays, KMS keys, policies of organizations, roles, quotas, and images.

const namesIn = ({ findings }: Report, wanted: string): string[] =>
  findings.filter(({ state }) => state === wanted).map(({ check }) => check);

describe('on the healthy system', () => {
  const proxy = recordingProxy(system.endpoint);
  let before: unknown;
  let healthy: CommandOutcome;

  const everything = async () => [
    await listProjectResources(system.endpoint),
    await listStates(system),
    (await posts()).length,
  ];

  beforeAll(async () => {
    before = await everything();
    healthy = await doctor({ env: { AWS_ENDPOINT_URL: await proxy.listen() } }, '--json');
    proxy.close();
  });

  test('all is fine but what could not be checked, which says why, and --json is one object', () => {
    const { code, stdout, stderr } = healthy;
    const report = JSON.parse(stdout) as Report;

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(report).toMatchObject({ pipeline: 'sentinel1', isReady: true });
    expect(namesIn(report, 'wrong')).toEqual([]);
    expect(namesIn(report, 'not checked')).toEqual(HIDDEN);
    expect(report.findings.find(({ check }) => check === 'topic')?.says).toMatch(
      /^its owner does not show it to your credentials, so that only the deployment tells/,
    );
    expect(namesIn(report, 'not needed')).toEqual([
      ...['outputs', 'alarm topic', 'image builder', 'image repository'],
    ]);
    expect(namesIn(report, 'fine')).toHaveLength(13);
    expect(stdout).not.toContain(secret.client_secret);
  });

  test('nothing is changed, and AWS is only asked', async () => {
    expect(proxy.calls.length).toBeGreaterThan(8);
    for (const call of proxy.calls)
      expect(call).toMatch(/^(?:GET |HEAD |(?:\w+\.)?(?:Get|List|Describe|Simulate)\w+$|token$)/);
    expect(await everything()).toEqual(before);
  });
});

describe('what is broken is the only line that is wrong', () => {
  const reports = new Map<string, { readonly code: number; readonly report: Report }>();
  let all: readonly Case[] = [];

  beforeAll(async () => {
    const [port = 0] = await freePorts(1);
    all = await brokenCases(loopback(port));
    await mapLimited(all, 3, async (one) => {
      const { code, stdout } = await doctor(one, '--json');
      reports.set(one.name, { code, report: JSON.parse(stdout) as Report });
    });
  });

  test('in each case', () => {
    expect([...reports.keys()].toSorted()).toEqual(all.map(({ name }) => name).toSorted());
    for (const { name, wrong, unchecked = HIDDEN } of all) {
      const { code, report } = reports.get(name) ?? {};
      const found = report?.findings.filter(({ state }) => state === 'wrong');
      const [check, says, remedy] = wrong ?? [];
      const lines = wrong && [
        {
          check,
          says: expect.stringMatching(says ?? ''),
          remedy: expect.stringMatching(remedy ?? ''),
        },
      ];
      expect({ name, code, found }).toMatchObject({
        name,
        code: wrong ? 1 : 0,
        found: lines ?? [],
      });
      expect({ name, unchecked: report && namesIn(report, 'not checked') }).toEqual({
        name,
        unchecked,
      });
    }
  });
});

describe('without a network', () => {
  const startOfTrace = /^\s+at /m;
  const REASON = 'AWS does not say who you are';

  function expectOneReason({ code, stdout, stderr }: CommandOutcome): void {
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).not.toMatch(startOfTrace);
    expect(stdout.match(/^WRONG/gm)).toHaveLength(1);
    expect(stdout).toMatch(
      /^not checked: permissions, state bucket, .*, quotas \(AWS does not say who you are\)$/m,
    );
    // In the line of the credentials, and in this one.
    expect(stdout.split(REASON)).toHaveLength(3);
  }

  test('that refuses connections, one line says so', async () => {
    const [port = 0] = await freePorts(1);

    expectOneReason(await doctor({ env: { AWS_ENDPOINT_URL: loopback(port) } }));
  });

  test('that never answers, it ends within the limit', async () => {
    const silent = createServer(() => undefined);
    const [port = 0] = await freePorts(1);
    silent.listen(port, '127.0.0.1');
    const started = Date.now();
    try {
      const env = { AWS_ENDPOINT_URL: loopback(port) };
      expectOneReason(await doctor({ env }, '--limit', '6'));
    } finally {
      silent.close();
      silent.closeAllConnections();
    }
    // The rest is the start of Node.
    expect(Date.now() - started).toBeLessThan(16_000);
  });
});
