import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { LISTED, uploadList } from './data/tiles.js';
import { command } from './deployment/commands.js';
import { countItems, waitForItems } from './system/catalogue.js';
import { sql } from './system/database.js';
import { system } from './system/running.js';

const COLLECTION = 'cop-dem-glo-30';
const lost = LISTED.filter((_, index) => index % Math.ceil(LISTED.length / 7) === 5);
const gone = LISTED.slice(-3);

interface Report {
  readonly files: Readonly<Record<'missing' | 'surplus', string>>;
}

async function reconcile(...options: readonly string[]) {
  const url = ['--stac-api', system.stacUrl];
  const { code, stdout, stderr } = await command('reconcile', 'cop_dem_30', ...url, ...options);
  if (stdout === '') throw new Error(stderr);
  return { code, report: JSON.parse(stdout) as Report };
}

/** The ids of all Items of the Collection; other tests make some that are in no list. */
async function catalogued(): Promise<string[]> {
  const query = `select string_agg(id, ' ') from pgstac.items where collection = '${COLLECTION}'`;
  return (await sql(query, system.database)).trim().split(' ');
}

/** The ids in a list that the command wrote. */
function idsIn(file: string): string[] {
  const lines = readFileSync(join(system.folder, 'project', file), 'utf8')
    .trim()
    .split('\n');
  return lines.map((line) => (JSON.parse(line) as { id: string }).id).sort();
}

afterAll(() => uploadList(LISTED));

describe('Items that were deleted, and objects that are gone', () => {
  test('are named exactly, and --send makes the Items again', async () => {
    await waitForItems(LISTED, 900);
    const ids = lost.map((id) => `'${id}'`).join(', ');
    await sql(`delete from pgstac.items where id in (${ids})`, system.database);
    const kept = LISTED.filter((id) => !gone.includes(id));
    await uploadList(kept);
    const surplus = (await catalogued()).filter((id) => !kept.includes(id)).sort();
    expect(lost).toHaveLength(7);
    expect(surplus).toEqual(expect.arrayContaining(gone));
    const [expected, others] = [kept.length, surplus.length];

    const { code, report } = await reconcile('--json');

    expect({ code, report }).toMatchObject({
      code: 1,
      report: { expected, present: expected - 7, missing: 7, surplus: others },
    });
    expect(idsIn(report.files.missing)).toEqual([...lost].sort());
    expect(idsIn(report.files.surplus)).toEqual(surplus);

    const sent = await reconcile('--json', '--send', '--last', '--yes');
    expect(sent.report).toMatchObject({ missing: 7, sent: 7 });
    await waitForItems(lost, 300);

    const healed = await reconcile('--json');
    expect(healed).toMatchObject({ code: 1, report: { expected, missing: 0, surplus: others } });
    expect(await countItems(gone)).toBe(3);
  }, 1_800_000);
});
