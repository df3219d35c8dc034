import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { askQuestions } from '../../../cli/new/ask.js';
import { datasetOf } from '../../../cli/new/dataset.js';
import { codeOf } from '../../../cli/new/files.js';
import { handlerIn } from '../../../cli/shared/pipeline-code.js';
import type { HistoricHandler } from '../../../lambdas/historic-handler.js';
import { keysSelected } from '../../support/new/keys-selected.js';

/** A folder that git ignores, as deep in the project as pipelines/, for the imports of the files. */
const FOLDER = join('.generated', 'second_day');
const DAYS = ['20240115', '20240501T101500'] as const;
const SCENE = 'LC08_L2SP_204052_20240115_20240122_02_T1';
const KEY = `level-2/oli-tirs/2024/204/052/${SCENE}/${SCENE}_MTL.json`;

afterAll(() => {
  for (const day of DAYS) rmSync(`${FOLDER}_${day}`, { recursive: true, force: true });
});

async function historicFor(
  day: (typeof DAYS)[number],
  key: string,
  id: string,
): Promise<HistoricHandler> {
  const { answers } = await askQuestions({
    id: 'second_day',
    given: { key, granuleId: id, day, inventory: 'day', footprint: 'globe', bucket: 'scenes' },
    isYes: true,
    streams: { input: process.stdin, output: process.stderr },
  });
  const folder = `${FOLDER}_${day}`;
  mkdirSync(folder, { recursive: true });
  for (const [path, content] of Object.entries(codeOf(datasetOf('second_day', answers))))
    writeFileSync(join(folder, path), content);
  return handlerIn<HistoricHandler>(resolve(folder, 'historic.ts'));
}

test('a scene whose name also has the day of its processing belongs to one chunk', async () => {
  const { pipeline } = await historicFor(DAYS[0], KEY, SCENE);
  const selected = (chunk?: string) => keysSelected(pipeline.queryInventory({ chunk }), [KEY]);

  expect(await selected('2024-01-15')).toEqual([KEY]);
  expect(await selected('2024-01-22')).toEqual([]);
  expect(await selected()).toEqual([KEY]);
});

test('a day with a time in the name belongs to one chunk, too', async () => {
  const scene = 'S1A_IW_20240501T101500_20240502T001500_0A1B';
  const key = `grd/33UUP/${scene}/meta.json`;
  const { pipeline } = await historicFor(DAYS[1], key, scene);
  const selected = (chunk?: string) => keysSelected(pipeline.queryInventory({ chunk }), [key]);

  expect(await selected('2024-05-01')).toEqual([key]);
  expect(await selected('2024-05-02')).toEqual([]);
  expect(await selected()).toEqual([key]);
});
