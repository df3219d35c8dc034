import { mkdirSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parseArn } from '../../../modules/config/values/arn.js';
import { pipelineVariables } from '../../../modules/terraform/variables/pipeline.js';
import { readPipelineConfig } from '../../../modules/config/config.js';
import type { PipelineConfig } from '../../../modules/config/config.js';
import { configOf } from '../../support/stacks/config-folder.js';
import { readStack, writeStack } from '../../support/stacks/stack-kit.js';
import { MATRIX } from '../../support/stacks/stack-matrix.js';
import { planOf, writeRoot } from './module-root.js';
import type { Plan } from './module-root.js';
import { overrideOffline } from './offline.js';
import { found, suite } from './terraform-suite.js';

// Needs pipelines/sentinel1.

const TIMEOUT_MS = 240_000;

/** A case takes half a minute, so outside CI only one pipeline is compared. */
const CHOSEN =
  process.env['CI'] === 'true'
    ? ['least', 'filtered', 'csv inventory, at once', 'text listing', 'all settings']
    : [];
const configs: readonly (readonly [string, PipelineConfig])[] = [
  ['the pipeline sentinel1', readPipelineConfig('pipelines/sentinel1')],
  ...CHOSEN.map((name) => [name, configOf(MATRIX[name] ?? {})] as const),
];

const PROJECT = 'demo';
const ZIP = 'stands for a zip';
const HASH = createHash('sha256').update(ZIP).digest('base64');
const ZIPS = ['app', 'collection', 'historic', 'verify', 'breaker'];

async function planOfStack(config: PipelineConfig): Promise<Plan> {
  const folder = writeStack(config, { project: PROJECT, hashBase64: HASH });
  mkdirSync(join(folder, 'assets'));
  for (const zip of ZIPS) writeFileSync(join(folder, 'assets', `${zip}-0.zip`), ZIP);
  overrideOffline(folder, readStack(folder));
  return planOf(found(), folder);
}

async function planOfModule(config: PipelineConfig): Promise<Plan> {
  const { id, region, sns, tags } = config;
  const root = writeRoot(
    { pipeline: { module: 'pipeline', arguments: argumentsOf(config) } },
    {
      region,
      ...(sns !== undefined && { topicRegion: parseArn(sns).region }),
      tags: { ...tags, Project: PROJECT, Pipeline: id, ManagedBy: 'terraform' },
    },
  );
  for (const zip of ZIPS) writeFileSync(join(root, 'code', `${zip}.zip`), ZIP);
  return planOf(found(), root);
}

/** Converts a config to the arguments of the module pipeline. */
function argumentsOf(config: PipelineConfig): Record<string, unknown> {
  const { sns_filter_policy: policy, inventory_location: location, source, ...rest } = config;
  const given: Record<string, unknown> = {
    ...rest,
    source_locations: source,
    project: PROJECT,
    folder: '${path.root}/code',
    ...(policy && { sns_filter_policy: JSON.stringify(policy).replace(/[$%](?=\{)/g, '$&$&') }),
    ...(location !== undefined && { inventory_location: location }),
  };
  // The config has default columns for a text listing; the module refuses them.
  if (location?.endsWith('.txt') === true) delete given['inventory_fields'];
  return Object.fromEntries(Object.entries(given).filter(([key]) => key in pipelineVariables()));
}

/** What a plan creates and reads, by the address in the stack. */
function resourcesOf({ resource_changes = [] }: Plan): Record<string, unknown> {
  return Object.fromEntries(
    resource_changes.map(({ address, change }) => [
      plainAddress(address),
      comparable({ after: change.after, unknown: change.after_unknown }),
    ]),
  );
}

/**
 * Without the module and without an index. A module does not know where its topic is before it is called: the alarm
 * on the subscription is always made by the provider of the topic's region.
 */
function plainAddress(address: string): string {
  return address
    .replace(/^module\.pipeline\./, '')
    .replace(/\[0\]$/, '')
    .replace('watch_topic-alarms_', 'watch_alarms_');
}

/** Sorts statements, and removes the local paths of zips. */
function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]: [string, unknown]) => {
      if (key === 'filename') return [key, typeof inner];
      if (key === 'statement' && Array.isArray(inner)) return [key, sorted(inner.map(comparable))];
      return [key, comparable(inner)];
    }),
  );
}

function sorted(values: readonly unknown[]): unknown[] {
  return values.toSorted((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
}

suite.each(configs)('the module pipeline and the stack of %s', (_, config) => {
  test(
    'plan the same, resource by resource',
    async () => {
      const stack = resourcesOf(await planOfStack(config));
      const module = resourcesOf(await planOfModule(config));

      expect(Object.keys(stack).length).toBeGreaterThan(20);
      expect(module).toEqual(stack);
    },
    TIMEOUT_MS,
  );
});
