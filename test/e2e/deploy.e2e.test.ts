import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { synthesizeAll, type Deployment } from './deployment/apply.js';
import { tryFind, waitForItem } from './system/catalogue.js';
import type { Outcome } from '../system/terraform/terraform.js';
import { deploymentOf, deployStateBucket, partsOf } from './deployment/deployed-stack.js';
import { COLLECTION_ID, notificationOf, SINGLE_POL } from './data/granules.js';
import { listProjectResources } from './system/own-resources.js';
import { depthOf, posts, postsOf, publish, setGate, system, waitFor } from './system/running.js';
import { PROJECT } from './system/places.js';
import { seed } from './data/seed.js';
import { listStates } from './system/state-bucket.js';

const { queueUrl } = partsOf(system, 'sentinel1');
let sentinel1: Deployment;
let tiles: Deployment;
let applies: Promise<[Outcome, Outcome]>;

beforeAll(async () => {
  await seed();
  await deployStateBucket(system);
  await synthesizeAll(system);
  sentinel1 = await deploymentOf(system, 'sentinel1');
  tiles = await deploymentOf(system, 'cop_dem_30');
  await sentinel1.init();
  await tiles.init();
});

describe('a first deployment, by a user with the documented policy and nothing more', () => {
  test('starts in an empty account', async () => {
    expect(await listProjectResources(system.endpoint)).toEqual([]);
  });

  test('locks the state while it changes the stack', async () => {
    const body = { detail: [{ loc: ['body', 'extent'], msg: 'the extent is upside down' }] };
    await setGate({ faults: [{ match: `"${COLLECTION_ID}"`, status: 422, body }] });
    // Most of an apply is fixed waits of the provider.
    applies = Promise.all([sentinel1.apply(), tiles.apply()]);
    await waitFor(
      () => listStates(system),
      (names) => names.includes(`${PROJECT}/sentinel1.tfstate.tflock`),
    );

    const { code, output } = await sentinel1.plan();

    expect(output).toContain('Error acquiring the state lock');
    expect(code).toBe(1);
  });

  test("fails with the ingestor's error if it refuses the Collection", async () => {
    const [{ code, output }, other] = await applies;

    await setGate({});
    expect(other).toMatchObject({ code: 0 });
    expect(output).toContain('body.extent: the extent is upside down');
    expect(output).not.toContain('AccessDenied');
    expect(code).toBe(1);
  });

  test('keeps messages in the queue while there is no Collection', async () => {
    await publish(notificationOf(SINGLE_POL));

    await waitFor(
      () => depthOf(queueUrl),
      ({ visible }) => visible === 1,
    );
    expect(await postsOf(SINGLE_POL.itemId)).toEqual([]);
  });

  test('posts the Collection when it is run again, and then handles the message', async () => {
    const { code, output } = await sentinel1.apply();

    expect({ code, output }).toMatchObject({ code: 0 });
    expect(await tryFind(`/collections/${COLLECTION_ID}`)).toMatchObject({ id: COLLECTION_ID });
    await waitForItem(COLLECTION_ID, SINGLE_POL.itemId);
    const own = [COLLECTION_ID, SINGLE_POL.itemId];
    const taken = (await posts()).filter(({ id, faked }) => !faked && own.includes(id));
    expect(taken).toMatchObject(own.map((id) => ({ id, status: 201 })));
  });

  test('leaves a plan without changes', async () => {
    for (const stack of [sentinel1, tiles]) {
      const { code, output } = await stack.plan();
      expect(output).toContain('No changes.');
      expect(code).toBe(0);
    }
  });
});

describe('a changed Collection', () => {
  const file = join(system.folder, 'project', 'pipelines', 'sentinel1', 'create-collection.ts');
  const title = 'Sentinel-1 GRD, as changed by a test';

  test('appears in the plan, and is posted by the apply', async () => {
    const text = readFileSync(file, 'utf8');
    const changed = text.replace(/(\btitle: )'[^']*'/, `$1'${title}'`);
    expect(changed).not.toBe(text);
    writeFileSync(file, changed);
    await synthesizeAll(system);

    const plan = await sentinel1.plan();
    const { code } = await sentinel1.apply();

    expect(plan.code).toBe(2);
    expect(plan.output).toMatch(
      /terraform_data\.collection-on-deploy_null-resource must be .*replaced/,
    );
    expect(code).toBe(0);
    expect(await tryFind(`/collections/${COLLECTION_ID}`)).toMatchObject({ title });
  });
});
