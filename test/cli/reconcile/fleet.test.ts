import { describe, expect, test } from '@jest/globals';
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { fleetExitCode, reconcileFleet, type Fleet } from '../../../cli/reconcile/fleet/fleet.js';
import { fleetJson, fleetMarkdown } from '../../../cli/reconcile/fleet/report.js';
import type { Finding } from '../../../cli/reconcile/finding.js';
import { writeMetrics } from '../../../cli/reconcile/metric.js';
import { NotComparableError } from '../../../cli/reconcile/open.js';
import { CommandError } from '../../../cli/shared/command.js';

interface Counts {
  readonly expected?: number;
  readonly missing?: number;
  readonly surplus?: number;
  readonly chunk?: string;
  readonly sample?: string;
}

function found(pipeline: string, counts: Counts = {}): Finding {
  const { expected = 10, missing = 0, surplus = 0, chunk, sample = 'wave' } = counts;
  const samples = { missing: missing > 0 ? [sample] : [], surplus: surplus > 0 ? [sample] : [] };
  const numbers = { expected, present: expected - missing, missing, surplus };
  return {
    run: {
      target: {
        pipeline,
        kind: 'aws',
        settings: { inventory: { location: 's3://inventories/' } },
        historic: { pipeline: {} },
      },
      collection: 'waves',
      api: 'https://stac.example.com',
      chunks: [chunk],
      workspace: { missing: 'missing.ndjson', messages: 'm.ndjson', surplus: 'surplus.ndjson' },
    },
    state: {
      rows: { rows: 10, skipped: 0, refused: 0, unidentified: 0, archived: 0, examples: [] },
      items: { read: 10 },
      dt: '2024-05-01-01-00',
      reportTime: Date.parse('2024-05-01T01:00:00Z'),
    },
    comparison: { ...numbers, superseded: 0, younger: 0, repeated: 0, archived: 0, samples },
    sent: undefined,
    notes: [],
  } as unknown as Finding;
}

function fleetOf(
  outcomes: Readonly<Record<string, Finding | Error | string | undefined>>,
): Promise<Fleet> {
  return reconcileFleet({
    ids: Object.keys(outcomes),
    onStart: () => undefined,
    leftOut: (id) => (typeof outcomes[id] === 'string' ? outcomes[id] : undefined),
    compare: (id) => {
      const outcome = outcomes[id];
      if (outcome instanceof Error) return Promise.reject(outcome);
      return Promise.resolve(typeof outcome === 'string' ? undefined : outcome);
    },
  });
}

describe('all pipelines', () => {
  test('are compared in turn, whatever becomes of one', async () => {
    const fleet = await fleetOf({
      tides: new CommandError('the STAC API is down'),
      waves: found('waves', { missing: 7, surplus: 3 }),
      winds: 'it has no stac_api_url',
      clouds: new NotComparableError('no itemIdOf'),
    });

    const text = fleetMarkdown(fleet);
    expect(text).toContain('| tides | failed | | | |\n| waves | 10 | 3 | 7 | 3 |\n');
    expect(text).toContain('- winds: it has no stac_api_url\n- clouds: no itemIdOf');
    expect(text).toContain('### tides\n\n```text\nthe STAC API is down\n```');
    expect(text).toContain('Not complete: 7 granules without an Item.');
    expect(fleetExitCode(fleet)).toBe(1);
    expect(JSON.parse(fleetJson(fleet))).toMatchObject({
      isWhole: true,
      pipelines: [
        { pipeline: 'tides', error: 'the STAC API is down' },
        { pipeline: 'waves', missing: 7 },
        { pipeline: 'winds', notCompared: 'it has no stac_api_url' },
        { pipeline: 'clouds', notCompared: 'no itemIdOf' },
      ],
    });
  });

  test.each([
    [0, { waves: found('waves'), winds: 'left out' }],
    [1, { waves: found('waves', { surplus: 1 }) }],
    [1, { waves: found('waves', { expected: 0 }) }],
    [1, { waves: found('waves'), tides: new Error('down') }],
    [1, { winds: 'left out' }],
    [1, { waves: found('waves'), tides: undefined }],
  ])('the exit code is %d', async (code, outcomes) => {
    expect(fleetExitCode(await fleetOf(outcomes))).toBe(code);
  });

  test('that were not reached are not passed over in silence', async () => {
    const fleet = await fleetOf({ tides: undefined, waves: found('waves') });

    expect(fleetMarkdown(fleet)).toMatch(/Nothing was compared\.\n\nStopped early/);
  });

  test('fit into an issue of GitHub, and no id closes the block of its report', async () => {
    const sample = 'a```b';
    const ids = Array.from({ length: 300 }, (_, index) => `waves_${index}`);
    const fleet = await fleetOf(
      Object.fromEntries(ids.map((id) => [id, found(id, { missing: 1, sample })])),
    );

    const text = fleetMarkdown(fleet);
    expect(text.length).toBeLessThan(65_000);
    expect(text).toContain('| waves_299 |');
    expect(text).toContain('are left out');
    expect(text).toContain('````text\n');
  });
});

describe('the metrics of a comparison', () => {
  async function written(finding: Finding): Promise<unknown[]> {
    const inputs: unknown[] = [];
    const send = ({ input }: { readonly input: unknown }) => Promise.resolve(inputs.push(input));
    const client = { send } as unknown as Pick<CloudWatchClient, 'send'>;
    await writeMetrics(finding, { service: 'waves', client });
    return inputs;
  }

  test('are numbers of the whole Collection, with the dimension of the functions', async () => {
    const dimensions = [{ Name: 'service', Value: 'waves' }];

    expect(await written(found('waves', { missing: 7, surplus: 3 }))).toEqual([
      {
        Namespace: 'StacPipelines',
        MetricData: [
          { MetricName: 'MissingItems', Value: 7, Unit: 'Count', Dimensions: dimensions },
          { MetricName: 'SurplusItems', Value: 3, Unit: 'Count', Dimensions: dimensions },
        ],
      },
    ]);
  });

  test.each([{ chunk: '2024-05-01' }, { expected: 0 }])(
    'are not written for %j, which says nothing about all Items',
    async (counts) => {
      expect(await written(found('waves', counts))).toEqual([]);
    },
  );

  test('that cannot be written are an error that names the pipeline', async () => {
    const client = { send: () => Promise.reject(new Error('denied')) };
    await expect(writeMetrics(found('waves'), { service: 'waves', client })).rejects.toThrow(
      'cannot write the metric MissingItems of waves: denied',
    );
  });
});
