import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { beforeAll, describe, expect, test } from '@jest/globals';

import type { CollectionHandler } from '../../lambdas/collection-handler.js';
import { makeCollection } from '../../lambdas/collection-handler.js';
import type { GranuleHandler } from '../../lambdas/granule-handler.js';
import type { HistoricHandler } from '../../lambdas/historic-handler.js';
import { MAX_RECEIVE_COUNT } from '../../lambdas/granule/outcome.js';
import { parseGranule } from '../../lambdas/granule/parse.js';
import { isBug } from '../../lambdas/runtime/unexpected.js';
import { hrefSource, mappedSource } from '../../lambdas/source/href.js';
import { granulesBelow } from '../../local/input/granule-folder.js';
import { undeclaredExtensions } from '../../lambdas/stac/extensions/notes.js';
import { useKeyVariables } from '../../cli/python/variables.js';
import { handlerIn, pipelineFile } from '../../cli/shared/pipeline-code.js';
import type { FileName } from '../../modules/bundling/entries.js';
import { listPipelines, readProjectConfig } from '../../modules/config/config.js';
import { listEnvironments } from '../../modules/config/environment/folder.js';
import { readLocalConfig } from '../../modules/config/environment/local.js';
import { parseS3Location } from '../../modules/config/values/s3-location.js';
import { runBatch } from '../kit/run-batch.js';
import { identifiedRows } from '../support/backfill/identified-rows.js';
import { lostRows } from '../support/backfill/round-trips.js';
import { columnsOfSelect } from '../support/backfill/selects.js';

// Rules for every pipeline. PIPELINE=<id> tests only that one.
const chosen = listPipelines().filter((id) =>
  [undefined, '', id].includes(process.env['PIPELINE']),
);

test('PIPELINE names a pipeline, if it is set, and otherwise all are tested', () => {
  const wanted = process.env['PIPELINE'] ?? '';

  expect(['', ...listPipelines()]).toContain(wanted);
  expect(chosen).toEqual(wanted === '' ? listPipelines() : [wanted]);
});

// describe.each refuses an empty list with a stack trace, which would hide the test above.
const isNone = chosen.length === 0;

(isNone ? describe.skip : describe).each(isNone ? ['none'] : chosen)('pipeline %s', (id) => {
  const folder = join('pipelines', id);
  const file = (name: FileName): string => resolve(pipelineFile({ id, folder }, name));
  // Its Items are made by a Python process: test/system/python/pipelines.test.ts.
  const isPython = existsSync(join(folder, 'requirements.in'));
  let app: GranuleHandler;

  beforeAll(async () => {
    useKeyVariables(readLocalConfig(folder).config);
    app = await handlerIn<GranuleHandler>(file('app.ts'));
  });

  test('its config is valid', () => {
    expect(readLocalConfig(folder).config).toMatchObject({ id });
  });

  test('its config is valid with each environment', () => {
    for (const project of listEnvironments('.').projects)
      expect(readProjectConfig(folder, project)).toMatchObject({ id });
  });

  test('its Collection is valid, and its Items belong to it', async () => {
    const { createCollection } = await handlerIn<CollectionHandler>(file('collection.ts'));

    expect(makeCollection(createCollection).id).toBe(app.pipeline.collectionId);
  });

  test('[N10] its Collection declares the extensions whose fields it has', async () => {
    const { createCollection } = await handlerIn<CollectionHandler>(file('collection.ts'));

    expect(undeclaredExtensions(createCollection())).toEqual([]);
  });

  test('[N25] a message of another form is refused or skipped, and a TypeError is neither', () => {
    for (const body of [{}, [], null, 'text', 7, { odd: true }]) {
      const outcome = granuleOrError(() =>
        parseGranule(app.pipeline.parseMessage, { type: 'custom', body }),
      );

      expect(outcome).not.toHaveProperty('granule.href');
      // The message of a bug ends with its place.
      expect(isBug(outcome) ? outcome : undefined).toBeUndefined();
    }
  });

  test('its backfill selects from the inventory, skips unknown keys, and ends', async () => {
    const { config } = readLocalConfig(folder);
    const { inventory_location } = config;
    if (inventory_location === undefined) return;
    const { pipeline } = await handlerIn<HistoricHandler>(file('historic.ts'));
    const chunk = config.historic_frequency === 0 ? undefined : config.initial_chunk;

    const columns = await columnsOfSelect(pipeline.queryInventory({ chunk }), {
      ...config,
      inventory_location,
    });
    expect(columns).not.toEqual([]);
    expect(pipeline.rowToMessageBody({ key: 'no/such/granule.txt' })).toBeUndefined();
    expect(chunksFrom(chunk, pipeline)).toBeLessThan(MOST_CHUNKS);
  });

  test('[N01] each message that its backfill makes of the sample names a granule', async () => {
    const { config } = readLocalConfig(folder);
    const { inventory_location: location, inventory_fields: columns } = config;
    const sample = join(folder, 'sample', 'bucket');
    if (location === undefined || !existsSync(sample)) return;
    const historic = await handlerIn<HistoricHandler>(file('historic.ts'));
    const { bucket } = bucketOf(id);
    const given = { historic, app: app.pipeline, sample, bucket, location, columns };

    expect(await lostRows(given)).toEqual([]);
  });

  test('each row of its sample makes the Item whose id itemIdOf says', async () => {
    const { config } = readLocalConfig(folder);
    const { inventory_location: location, inventory_fields: columns } = config;
    const sample = resolve(folder, 'sample', 'bucket');
    if (location === undefined || !existsSync(sample) || isPython) return;
    const historic = await handlerIn<HistoricHandler>(file('historic.ts'));
    if (historic.pipeline.itemIdOf === undefined) return;
    const { bucket } = bucketOf(id);

    const rows = await identifiedRows({ historic, sample, bucket, location, columns });

    expect(rows.length).toBeGreaterThan(0);
    for (const { body, itemId } of rows) {
      const { items, dead } = await runBatch(app, [body], {
        source: sampleSource(sample),
        ...LAST,
      });
      const ids = items.map((item) => item.id);
      expect({ body, ids, dead }).toEqual({ body, ids: [itemId], dead: [] });
    }
    expect(historic.pipeline.itemIdOf({ key: 'no/such/granule.txt' })).toBeUndefined();
  });

  test('[N10] its sample becomes valid Items, which declare the extensions whose fields they have', async () => {
    const bucket = resolve('pipelines', id, 'sample', 'bucket');
    // A pipeline may have its samples elsewhere, with tests of its own.
    if (!existsSync(bucket) || isPython) return;
    const bodies = await sampleBodies(bucket);

    const source = sampleSource(bucket);
    const { items, failed, dead } = await runBatch(app, bodies, { source, ...LAST });

    expect({ failed, dead }).toEqual({ failed: [], dead: [] });
    expect(items.length).toBeGreaterThan(0);
    for (const item of items) expect(item.collection).toBe(app.pipeline.collectionId);
    expect(items.flatMap(undeclaredExtensions)).toEqual([]);
  });

  async function sampleBodies(bucket: string): Promise<string[]> {
    const messages = resolve('pipelines', id, 'sample', 'messages.ndjson');
    if (existsSync(messages)) return readFileSync(messages, 'utf8').split('\n').filter(Boolean);
    const finder = { pipeline: app.pipeline, ...bucketOf(id), keyPrefix: '' };
    const bodies: string[] = [];
    for await (const body of (await granulesBelow(bucket, { finder })).bodies) bodies.push(body);
    return bodies;
  }

  function sampleSource(bucket: string) {
    const from = `s3://${bucketOf(id).bucket}/`;
    return mappedSource(hrefSource({ requesterPays: false }), { from, to: `${bucket}/` });
  }
});

// At the last receive a transient failure is a dead letter too, which has the reason.
const LAST = { receives: MAX_RECEIVE_COUNT, maxReceiveCount: MAX_RECEIVE_COUNT };

const MOST_CHUNKS = 100_000;

function chunksFrom(
  first: string | undefined,
  { nextChunk }: Pick<HistoricHandler['pipeline'], 'nextChunk'>,
): number {
  let count = 0;
  const input = { inventoryDate: new Date().toISOString().slice(0, 10) };
  for (
    let chunk = first;
    chunk !== undefined && count < MOST_CHUNKS;
    chunk = nextChunk(chunk, input)
  )
    count++;
  return count;
}

function granuleOrError(parse: () => unknown): object {
  try {
    return { granule: parse() ?? 'none' };
  } catch (error) {
    return error as Error;
  }
}

function bucketOf(id: string): { readonly bucket: string } {
  const [source = 's3://bucket/'] = readLocalConfig(join('pipelines', id)).config.source;
  return { bucket: parseS3Location(source).bucket };
}
