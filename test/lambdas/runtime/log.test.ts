import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { jsonLog, silentLog } from '../../../lambdas/runtime/log.js';
import { outputLines } from '../../support/output-lines.js';

let before: NodeJS.ProcessEnv;

beforeEach(() => {
  before = process.env;
  process.env = { ...before, POWERTOOLS_SERVICE_NAME: 'sentinel1' };
});

afterEach(() => {
  process.env = before;
});

test('a line is one JSON object with level, service, message and fields', async () => {
  const lines = await outputLines(() => {
    const log = jsonLog();
    log.info('posted', { itemId: 'S1A' });
    log.warn('late', { seconds: 3 });
    log.error('dead', { reason: 'no footprint' });
  });

  expect(lines).toMatchObject([
    { level: 'INFO', service: 'sentinel1', message: 'posted', itemId: 'S1A' },
    { level: 'WARN', service: 'sentinel1', message: 'late', seconds: 3 },
    { level: 'ERROR', service: 'sentinel1', message: 'dead', reason: 'no footprint' },
  ]);
});

test('a line needs no fields', async () => {
  const lines = await outputLines(() => {
    const log = jsonLog();
    log.info('a');
    log.warn('b');
    log.error('c');
  });

  expect(lines.map(({ message }) => message)).toEqual(['a', 'b', 'c']);
});

test('the silent log writes nothing', async () => {
  const lines = await outputLines(() => {
    silentLog.info('a');
    silentLog.warn('b');
    silentLog.error('c');
  });

  expect(lines).toEqual([]);
});
