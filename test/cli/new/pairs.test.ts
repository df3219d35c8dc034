import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { codeOf } from '../../../cli/new/files.js';
import { sampleFiles } from '../../../cli/new/text/sample.js';
import { useKeyVariables } from '../../../cli/python/variables.js';
import { handlerIn } from '../../../cli/shared/pipeline-code.js';
import { makeCollection, type CollectionHandler } from '../../../lambdas/collection-handler.js';
import type { GranuleHandler } from '../../../lambdas/granule-handler.js';
import { parseBody } from '../../../lambdas/granule/message.js';
import type { HistoricHandler } from '../../../lambdas/historic-handler.js';
import { parseKeyMessage } from '../../../lambdas/python/keys.js';
import { KEY_ROWS } from '../../../lambdas/python/rows.js';
import { readPipelineConfig } from '../../../modules/config/config.js';
import { readSource } from '../../kit/read-source.js';
import { runBatch } from '../../kit/run-batch.js';
import { pairsOf } from '../../support/new/pairs.js';
import { pairwiseDatasets, type NamedDataset } from '../../support/new/datasets.js';
import { keysSelected } from '../../support/new/keys-selected.js';

/** A folder that git ignores, as deep in the project as pipelines/, for the imports of the files. */
const ROOT = '.generated';
const datasets = await pairwiseDatasets();

/** Writes the files without the formatter, which takes most of the time: test/system/cli/new/ has it. */
function write({ id, dataset }: NamedDataset): string {
  const folder = join(ROOT, id);
  const files = {
    ...codeOf(dataset),
    ...sampleFiles(dataset),
    ...(dataset.python && { 'requirements.txt': '' }),
  };
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

afterAll(() => {
  for (const { id } of datasets) rmSync(join(ROOT, id), { recursive: true, force: true });
});

test('every answer occurs, with every other one that it may have beside it', () => {
  const pairs = new Set(datasets.flatMap(({ combination }) => pairsOf(combination)));

  expect(datasets.length).toBeGreaterThan(40);
  for (const pair of ['messages=folder footprint=grid', 'inventory=day footprint=xml'])
    expect([...pairs]).toContain(pair);
});

describe.each(datasets.filter(({ dataset }) => dataset.python === undefined))('$title', (named) => {
  const { dataset } = named;
  const href = `s3://${dataset.bucket}/${dataset.key}`;

  test('is written, and its rows, messages and granules become its Item', async () => {
    const folder = write(named);
    const config = readPipelineConfig(folder);
    const app = await handlerIn<GranuleHandler>(resolve(folder, 'app.ts'));
    const { createCollection } = await handlerIn<CollectionHandler>(
      resolve(folder, 'collection.ts'),
    );
    const [notification = ''] = readFileSync(join(folder, 'sample/messages.ndjson'), 'utf8').split(
      '\n',
    );
    const bodies = [notification];

    expect(config).toMatchObject({ requester_pays: dataset.requesterPays, region: 'eu-central-1' });
    expect(makeCollection(createCollection)).toMatchObject({
      id: app.pipeline.collectionId,
      title: dataset.title,
      license: 'CC-BY-4.0',
    });
    if (dataset.inventory !== 'none') {
      const { pipeline } = await handlerIn<HistoricHandler>(resolve(folder, 'historic.ts'));
      const chunk = dataset.inventory === 'day' ? dataset.day?.datetime.slice(0, 10) : undefined;
      const others = ['no/such/granule.txt', dataset.key.replaceAll('2024', '2023')];
      const keys = await keysSelected(pipeline.queryInventory({ chunk }), [dataset.key, ...others]);

      expect(keys).toContain(dataset.key);
      if (chunk !== undefined) expect(keys).toEqual([dataset.key]);
      expect(pipeline.itemIdOf?.({ key: dataset.key })).toBe(dataset.granuleId);
      expect(pipeline.rowToMessageBody({ key: 'no/such/granule.txt' })).toBeUndefined();
      bodies.push(pipeline.rowToMessageBody({ key: dataset.key }) ?? '');
    }
    for (const body of bodies) {
      const granules = parseBody(body).messages.map((one) => app.pipeline.parseMessage(one));
      expect(granules).toEqual([{ href }]);
    }

    const source = readSource((read) =>
      Promise.resolve(
        readFileSync(read.replace(`s3://${dataset.bucket}/`, `${folder}/sample/bucket/`)),
      ),
    );
    const { items, failed, dead, warnings } = await runBatch(app, bodies.slice(0, 1), { source });

    expect({ failed, dead, warnings }).toEqual({ failed: [], dead: [], warnings: [] });
    expect(items).toMatchObject([
      {
        id: dataset.granuleId,
        properties: { datetime: dataset.day?.datetime ?? '2020-02-29T00:00:00Z' },
      },
    ]);
    expect(items[0]?.bbox).toEqual(expectedBbox(named));
    expect(Object.keys(items[0]?.assets ?? {})).toEqual(
      Object.keys(createCollection().item_assets ?? {}),
    );
  });
});

describe.each(datasets.filter(({ dataset }) => dataset.python !== undefined))('$title', (named) => {
  const { dataset } = named;

  test('is written, and its rows and messages become its granule', async () => {
    const folder = write(named);
    useKeyVariables(readPipelineConfig(folder));
    const parse =
      dataset.message === undefined
        ? parseKeyMessage
        : (await handlerIn<GranuleHandler>(resolve(folder, 'app.ts'))).pipeline.parseMessage;
    const messages = join(folder, 'sample/messages.ndjson');
    const isSampled = dataset.python?.sample !== undefined;
    const sent = isSampled ? readFileSync(messages, 'utf8').trim().split('\n') : [];
    const row = KEY_ROWS.rowToMessageBody({ key: dataset.key }) ?? '';

    expect(existsSync(join(folder, 'sample'))).toBe(isSampled);
    expect(sent).toHaveLength(isSampled ? 1 : 0);
    for (const body of [...sent, row]) {
      expect(parseBody(body).messages.map((message) => parse(message))).toEqual([
        { href: `s3://${dataset.bucket}/${dataset.key}` },
      ]);
    }
    expect(KEY_ROWS.itemIdOf?.({ key: dataset.key })).toBe(dataset.granuleId);
    expect(KEY_ROWS.rowToMessageBody({ key: 'no/such/granule.txt' })).toBeUndefined();
    const { collectionId, title } = dataset;
    expect(JSON.parse(readFileSync(join(folder, 'collection.json'), 'utf8'))).toMatchObject({
      id: collectionId,
      title,
    });
  });
});

/** The tiles of the keys, from the definitions of their grids. */
const TILES: Readonly<Record<string, readonly number[]>> = {
  N53W115: [-115, 53, -114, 54],
  N53_00_W115_00: [-115, 53, -114, 54],
  N00_00_E006_00: [6, 0, 7, 1],
  s32e012: [12, -32, 13, -31],
  '53N_115W': [-115, 53, -114, 54],
  // https://wiki.openstreetmap.org/wiki/Slippy_map_tilenames
  '12-2200-1343': [13.359375, 52.482780222078226, 13.447265625, 52.53627304145947],
  '12/2200/1343': [13.359375, 52.482780222078226, 13.447265625, 52.53627304145947],
};

function expectedBbox({ dataset: { area } }: NamedDataset): unknown {
  switch (area.kind) {
    case 'globe':
      return [-180, -90, 180, 90];
    case 'constant':
      return area.bbox;
    case 'grid':
      return TILES[area.part.text]?.map((number) => expect.closeTo(number, 9));
    case 'metadata':
    case 'package':
      return [9.9, 53.5, 10.1, 53.6];
  }
}
