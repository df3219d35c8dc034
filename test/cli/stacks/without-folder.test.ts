import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { statesOf } from '../../../cli/stacks/states.js';
import { findStates, idOf, stacksWithoutFolder } from '../../../cli/stacks/without-folder.js';
import { DATA, stateText, type FixtureResource } from '../../support/cli/state-fixture.js';
import { rejection } from '../../support/rejection.js';

const LOCAL = { kind: 'local' } as const;
const PROJECT = { name: 'demo', state: LOCAL };

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'checkout-'));
  for (const id of ['waves', 'winds']) {
    mkdirSync(join(root, 'pipelines', id), { recursive: true });
    writeFileSync(join(root, 'pipelines', id, 'config.yaml'), '');
  }
});

function write(id: string, ...resources: readonly FixtureResource[]): void {
  writeFileSync(join(root, `demo-${id}.tfstate`), stateText(...resources));
}

test.each([
  ['tides', 'tides'],
  ['pipelines/tides', 'tides'],
  ['./pipelines/tides/', 'tides'],
  ['old/tides', 'old/tides'],
])('the name %s means %s', (name, id) => {
  expect(idOf(name)).toBe(id);
});

test('stacks without a folder are the states with resources that no folder has', async () => {
  write('waves', DATA);
  write('tides', DATA);
  write('storms');

  expect(await stacksWithoutFolder(statesOf(PROJECT, root), root)).toEqual([
    { pipeline: 'tides', resources: 1 },
  ]);
});

describe('the state of a stack that no synth writes', () => {
  const find = (id: string, state = PROJECT.state) =>
    findStates([id], { root, project: { ...PROJECT, state } });

  test('is found by its name', async () => {
    write('tides', DATA);

    expect(await find('tides')).toMatchObject([
      { stack: 'tides', key: 'demo/tides.tfstate', state: LOCAL },
    ]);
    expect((await find('tides'))[0]?.content.resources).toHaveLength(1);
  });

  test('is missing for an unknown name: the sentence says what exists', async () => {
    write('tides', DATA);

    const error = await rejection(find('storms'));

    expect(error.name).toBe('UsageError');
    expect(error.message).toBe(
      'unknown pipeline "storms" (known: waves, winds), and no state of it in demo-*.tfstate (deployed without a folder: tides)',
    );
  });

  test.each(['../tides', 'Tides', ''])('is not looked for under the name %j', async (name) => {
    expect((await rejection(find(name))).message).toContain(
      `unknown pipeline ${JSON.stringify(name)} (known: waves, winds), and no state of it in demo-*.tfstate (every stack there has a folder)`,
    );
  });
});
