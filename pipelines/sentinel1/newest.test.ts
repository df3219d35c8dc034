import { describe, expect, test } from '@jest/globals';
import { runBatch } from '../../test/kit/run-batch.js';
import {
  fixtureText,
  hrefOf,
  replace,
  testGranule,
  type Edit,
} from '../../test/support/sentinel1/granule.js';
import { handler } from './app.js';
import { readSource } from '../../test/kit/read-source.js';

const STOP = '2023-03-14T07:02:55.000000';

/** The product of one scene with this unique id, whose processing ended at `stop`. */
function productOf(uniqueId: string, edit: Edit) {
  const href = hrefOf('ordinary').replace(/.{4}$/, uniqueId);
  return {
    path: href.slice('s3://sentinel-s1-l1c/'.length),
    granule: testGranule('ordinary', { 'manifest.safe': edit }, href),
  };
}

const stoppedAt =
  (stop: string): Edit =>
  (text) =>
    text.replace(STOP, stop);

/** Posts one batch with a message for each product, in this order. Returns the product identifiers of the Items. */
async function postedOf(products: readonly ReturnType<typeof productOf>[]) {
  const source = readSource(async (href, range) => {
    const found = products.find(({ granule }) => href.startsWith(granule.href));
    if (found === undefined) throw new Error(`unexpected read of ${href}`);
    return found.granule.source.read(href, range);
  });
  const bodies = products.map(({ path }) => ({ path }));
  const { items, failed, dead } = await runBatch(handler, bodies, { source });
  expect([failed, dead]).toEqual([[], []]);
  return items.map(({ properties }) => String(properties['s1:product_identifier']).slice(-4));
}

test('the manifest has the time that these tests replace', () => {
  expect(fixtureText('ordinary', 'manifest.safe')).toContain(STOP);
});

const FIRST = productOf('AAAA', stoppedAt('2023-03-14T07:02:55.000000'));
const SECOND = productOf('BBBB', stoppedAt('2023-03-14T07:02:55.000001'));
const THIRD = productOf('CCCC', stoppedAt('2024-01-01T00:00:00'));

describe('processings of one scene in a batch', () => {
  test.each([
    [[FIRST, SECOND, THIRD]],
    [[FIRST, THIRD, SECOND]],
    [[SECOND, FIRST, THIRD]],
    [[SECOND, THIRD, FIRST]],
    [[THIRD, FIRST, SECOND]],
    [[THIRD, SECOND, FIRST]],
  ])('[N08] the one processed last is posted, in each of six orders', async (products) => {
    expect(await postedOf(products)).toEqual(['CCCC']);
  });

  test('[N08] are ordered also if they differ by a microsecond only', async () => {
    expect(await postedOf([SECOND, FIRST])).toEqual(['BBBB']);
  });

  test('[N08] with equal times are decided by the later message', async () => {
    const copy = productOf('DDDD', stoppedAt('2024-01-01T00:00:00.000'));

    expect(await postedOf([THIRD, copy])).toEqual(['DDDD']);
    expect(await postedOf([copy, THIRD])).toEqual(['CCCC']);
  });

  test('[N08] without a processing time count as older than any with one', async () => {
    const unknown = productOf('EEEE', replace(' name="GRD Post Processing"', ''));

    expect(await postedOf([FIRST, unknown])).toEqual(['AAAA']);
    expect(await postedOf([unknown, FIRST])).toEqual(['AAAA']);
  });

  test('[N08] leave the Items of other scenes alone', async () => {
    const other = productOf('AAAA', stoppedAt(STOP));
    const scene = '20230314T052711_20230314T052736';
    const href = other.granule.href.replace(scene, '20230315T052711_20230315T052736');
    const moved = {
      path: href.slice('s3://sentinel-s1-l1c/'.length),
      granule: testGranule('ordinary', {}, href),
    };

    expect(await postedOf([SECOND, FIRST, moved])).toEqual(['BBBB', 'AAAA']);
  });
});
