import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { GranuleMessage } from '../../../lambdas/granule/message.js';
import { historicHandler } from '../../../lambdas/historic-handler.js';
import { s3EventBody } from '../../../lambdas/source/s3-event.js';
import { lostRows } from './round-trips.js';

let sample: string;

beforeEach(() => {
  sample = mkdtempSync(join(tmpdir(), 'sample-'));
  mkdirSync(join(sample, 'a+b c'));
  for (const key of ['a+b c/survey.json', 'quay.json', 'image.tif'])
    writeFileSync(join(sample, key), '{}');
});

afterEach(() => {
  rmSync(sample, { recursive: true });
});

/** Knows S3 events of files that end with `survey.json`. */
const parseMessage = (message: GranuleMessage) =>
  message.type === 's3-object' && message.key.endsWith('survey.json')
    ? { href: message.href }
    : undefined;

const COLUMNS = ['bucket', 'key', 'size', 'last_modified_date'];

function lost(rowToMessageBody: (key: string) => string, given: object = {}) {
  return lostRows({
    historic: historicHandler({
      queryInventory: () =>
        "SELECT key FROM inventory WHERE key LIKE '%.json' AND last_modified_date > TIMESTAMP '2020-01-01 00:00:00' ORDER BY key",
      rowToMessageBody: ({ key = '' }) => rowToMessageBody(key),
      nextChunk: () => undefined,
    }),
    app: { parseMessage },
    sample,
    bucket: 'waves',
    location: 's3://inventory/waves/daily',
    columns: COLUMNS,
    ...given,
  });
}

const COMPARE =
  'compare rowToMessageBody in historic.ts with parseMessage in app.ts (for an S3 event, return s3EventBody(bucket, key))';

test('[N01] each message of another shape than app.ts knows is reported with the files to compare', async () => {
  expect(await lost((key) => JSON.stringify({ bucket: 'waves', key }))).toEqual([
    `rowToMessageBody returned {"bucket":"waves","key":"a+b c/survey.json"}, which names no granule: parseMessage skips it; ${COMPARE}`,
    `rowToMessageBody returned {"bucket":"waves","key":"quay.json"}, which names no granule: parseMessage skips it; ${COMPARE}`,
  ]);
});

test('[N01] of two messages, the one that names no granule is reported', async () => {
  expect(await lost((key) => s3EventBody('waves', key))).toEqual([
    expect.stringContaining('quay.json'),
  ]);
});

test('[N01] no fault is found in messages that all name a granule', async () => {
  const every = { app: { parseMessage: () => ({ href: 's3://waves/x' }) } };

  expect(await lost((key) => key, every)).toEqual([]);
});

test('[N01] a message that app.ts refuses, or that is skipped before it, is reported with the reason', async () => {
  const refusing = {
    app: {
      parseMessage: () => {
        throw new TypeError('no path');
      },
    },
  };
  const removal = s3EventBody('waves', 'x').replace('Created:Put', 'Removed:Delete');

  expect(await lost((key) => key, refusing)).toEqual([
    expect.stringMatching(/names no granule: the message .*: no path/),
    expect.stringMatching(/names no granule: the message .*: no path/),
  ]);
  expect(await lost(() => removal)).toContainEqual(
    expect.stringContaining(
      'it is skipped before parseMessage (ObjectRemoved:Delete of s3://waves/x)',
    ),
  );
});
