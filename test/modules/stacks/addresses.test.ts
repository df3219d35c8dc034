import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { addressesOf, synthesize } from '../../support/stacks/stack-kit.js';
import { MATRIX } from '../../support/stacks/stack-matrix.js';

const FILE = 'test/fixtures/addresses.txt';

/** How to rename a construct without losing what it stands for. */
function advice(gone: readonly string[]): string {
  return (
    `${gone.join(', ')}: gone from every stack. Terraform destroys what an address stood for, queues and tables with ` +
    'their content. A construct that was renamed needs `resource.moveFromId("<old address>")` beside the new id, kept ' +
    `until every stack is deployed; only then, or when the resource is really to go, take the line out of ${FILE}.`
  );
}

describe('addresses in Terraform', () => {
  const frozen = readFileSync(join(process.cwd(), FILE), 'utf8').trim().split('\n');
  const present = new Set(
    Object.values(MATRIX).flatMap((fields) => addressesOf(synthesize(fields))),
  );

  test('are those of the stacks that are deployed already', () => {
    const gone = frozen.filter((address) => !present.has(address));
    if (gone.length > 0) throw new Error(advice(gone));
  });

  test('are all written down, so that they stay', () => {
    const added = [...present].filter((address) => !frozen.includes(address)).sort();
    expect({ [`to be added to ${FILE}`]: added }).toEqual({ [`to be added to ${FILE}`]: [] });
  });

  test('[F05] stay what they are when a setting changes', () => {
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

  test('say what they are for, without a hash', () => {
    for (const address of present) expect(address).toMatch(/^\w+\.[a-z]+([_-][a-z]+)*$/);
  });
});
