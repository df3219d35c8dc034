import { beforeAll, expect, test } from '@jest/globals';
import { LISTED, sendTiles } from '../data/tiles.js';
import { synthesizeAll } from '../deployment/apply.js';
import { command } from '../deployment/commands.js';
import { deploymentOf, partsOf } from '../deployment/deployed-stack.js';
import { writeConfig } from '../deployment/project-copy.js';
import { STACKS } from '../deployment/stacks.js';
import { waitForItems } from '../system/catalogue.js';
import { sql } from '../system/database.js';
import { posts, system, waitFor, waitUntilDrained } from '../system/running.js';

const { queueUrl } = partsOf(system, 'cop_dem_30');
const [OLD, NEW] = ['1.0', '1.1'] as const;
/** Items that the new code has made before, so that they are not selected. */
const renewed = LISTED.slice(0, 5);
const old = LISTED.slice(5);

async function reprocess(...options: readonly string[]) {
  const words = ['reprocess', '--made-before', NEW, '--json', ...options];
  const { code, stdout, stderr } = await command('backfill', 'cop_dem_30', ...words);
  return { code, stderr, report: stdout === '' ? undefined : (JSON.parse(stdout) as unknown) };
}

/** Counts the listed Items that this version of the code made. */
async function madeBy(version: string): Promise<number> {
  const ids = LISTED.map((id) => `'${id}'`).join(', ');
  const software = `content->'properties'->'processing:software'->>'cop_dem_30-pipeline'`;
  const query = `select count(*) from pgstac.items where id in (${ids}) and ${software} = '${version}'`;
  return Number(await sql(query, system.database));
}

beforeAll(async () => {
  await waitForItems(LISTED, 500);
});

test('reprocess refuses to send while the deployed code is as old', async () => {
  expect(await madeBy(OLD)).toBe(LISTED.length);

  const { code, stderr, report } = await reprocess('--yes');

  expect({ code, report }).toEqual({ code: 1, report: undefined });
  expect(stderr).toContain('the deployed function e2e-cop_dem_30-app has code_version 1.0');
  expect(stderr).toContain('set code_version in config.yaml to 1.1 or a later one (it has 1.0)');
});

test('reprocess makes the Items again that older code made, and no others', async () => {
  const [, tiles] = STACKS;
  if (tiles === undefined) throw new Error('there is no stack');
  writeConfig(system, { ...tiles, config: { ...tiles.config, code_version: NEW } });
  await synthesizeAll(system);
  const { code, output } = await (await deploymentOf(system, 'cop_dem_30')).apply();
  expect({ code, output }).toMatchObject({ code: 0 });
  await sendTiles(queueUrl, renewed);
  await waitFor(
    () => madeBy(NEW),
    (count) => count === renewed.length,
  );
  await waitUntilDrained(queueUrl);
  const begun = Date.now();

  const counted = await reprocess('--count');
  expect(counted).toMatchObject({ code: 0, report: { selected: old.length } });
  expect(counted.report).not.toHaveProperty('sent');

  expect(await reprocess('--yes')).toMatchObject({
    code: 0,
    report: { selected: old.length, sent: old.length, refusedMessages: 0 },
  });

  await waitFor(
    () => madeBy(NEW),
    (count) => count === LISTED.length,
    500,
  );
  await waitUntilDrained(queueUrl);
  const sent = (await posts()).filter(({ time }) => time >= begun).map(({ id }) => id);
  expect([...new Set(sent)].sort()).toEqual(old.toSorted());
  expect(await reprocess('--yes')).toMatchObject({ code: 0, report: { selected: 0 } });
}, 1_800_000);
