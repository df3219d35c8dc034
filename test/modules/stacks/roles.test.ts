import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { INVENTORY } from '../../../modules/terraform/modules/inventory.js';
import { moduleJson } from '../../../modules/terraform/generate/json.js';
import { PIPELINE } from '../../../modules/terraform/modules/pipeline.js';
import { PIPELINE_FUNCTION } from '../../../modules/terraform/modules/pipeline-function.js';
import { synthesizeBootstrap } from '../../../modules/stacks/synthesize.js';
import { readStack, synthesize } from '../../support/stacks/stack-kit.js';
import { MATRIX } from '../../support/stacks/stack-matrix.js';

const BOUNDARY = 'arn:aws:iam::123456789012:policy/teams/coast';

type Blocks = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;

function boundaries(resource: Blocks | undefined): unknown[] {
  return Object.values(resource?.['aws_iam_role'] ?? {}).map(
    (role) => role['permissions_boundary'],
  );
}

describe('the permissions boundary', () => {
  test('is on every role of a stack', () => {
    const { resource } = synthesize(MATRIX['all settings'] ?? {});

    // app, collection, historic, verify, breaker and the schedules
    expect(boundaries(resource as Blocks)).toEqual(Array.from({ length: 6 }, () => BOUNDARY));
  });

  test('is on no role if the config gives none', () => {
    const { resource } = synthesize({
      ...MATRIX['csv inventory, by chunks'],
      verify_ingestion: 'true',
    });

    expect(boundaries(resource as Blocks)).toEqual(Array.from({ length: 6 }, () => undefined));
  });

  test.each([
    [PIPELINE, 6],
    [INVENTORY, 2],
    [PIPELINE_FUNCTION, 1],
  ] as const)('is on every role of the Terraform module $name', (module, count) => {
    const { main } = moduleJson(module) as unknown as { main: { resource: Blocks } };

    expect(boundaries(main.resource)).toEqual(
      Array.from({ length: count }, () => '${var.permissions_boundary_arn}'),
    );
  });

  test('is a variable of the stack github_oidc, and bootstrap has no role', () => {
    const outdir = mkdtempSync(join(tmpdir(), 'boundary-'));
    synthesizeBootstrap(
      { name: 'demo', bucket: { bucket: 'states', region: 'eu-west-1' }, images: [] },
      { outdir },
    );
    const stack = (id: string) => readStack(join(outdir, 'stacks', id));

    const given = '${var.permissions_boundary_arn == "" ? null : var.permissions_boundary_arn}';
    expect(boundaries(stack('github_oidc').resource as Blocks)).toEqual([given, given]);
    expect(boundaries(stack('bootstrap').resource as Blocks)).toEqual([]);
  });
});
