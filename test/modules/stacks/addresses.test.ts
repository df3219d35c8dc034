import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { addressesOf, synthesize } from '../../support/stacks/stack-kit.js';
import { MATRIX } from '../../support/stacks/stack-matrix.js';

const FILE = 'test/fixtures/addresses.txt';

/** Explains how to rename a construct without losing its resources. */
function advice(gone: readonly string[]): string {
  return (
    `${gone.join(', ')}: no longer in any stack. Terraform would destroy these resources, and the messages and items ` +
    'in them. If a construct was renamed, call `resource.moveFromId("<old address>")` on it, until every stack is ' +
    `deployed. Delete the line from ${FILE} only then, or if the resource is to be destroyed.`
  );
}

describe('addresses in Terraform', () => {
  const frozen = readFileSync(join(process.cwd(), FILE), 'utf8').trim().split('\n');
  const present = new Set(
    Object.values(MATRIX).flatMap((fields) => addressesOf(synthesize(fields))),
  );

  test('of deployed stacks still exist', () => {
    const gone = frozen.filter((address) => !present.has(address));
    if (gone.length > 0) throw new Error(advice(gone));
  });

  test('are all listed, so that they cannot change unnoticed', () => {
    const added = [...present].filter((address) => !frozen.includes(address)).sort();
    expect({ [`add to ${FILE}`]: added }).toEqual({ [`add to ${FILE}`]: [] });
  });

  test('[F05] do not change with a setting', () => {
    const chunks = MATRIX['csv inventory, by chunks'] ?? {};
    const other = {
      ...chunks,
      timeout_seconds: '17',
      batch_size: '3',
      historic_frequency: '9',
      inventory_format: 'orc',
    };
    expect(addressesOf(synthesize(other))).toEqual(addressesOf(synthesize(chunks)));
  });

  test('depend on neither project nor pipeline', () => {
    expect(addressesOf(synthesize({}, { project: 'other' }))).toEqual(addressesOf(synthesize()));
  });

  test('are readable, without a hash', () => {
    for (const address of present) expect(address).toMatch(/^\w+\.[a-z]+([_-][a-z]+)*$/);
  });
});
