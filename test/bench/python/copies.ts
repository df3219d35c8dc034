import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { figure, median, spreadOf, spreadText, type Figures, type Print } from '../figures.js';
import { DirectPython } from './direct.js';
import { pipelineMaker, sampleOf, variablesOf } from './pipeline.js';

const PIPELINE = 'noaa_oisst';
/** Granules of one round, as many as a batch. */
const CALLS = 10;

export interface CopiesOptions {
  /** Folder for temporary files. */
  readonly folder: string;
  readonly rounds: number;
  readonly print: Print;
}

/** Measures a granule of OISST with its four cloud-optimized copies: by the pipeline, and by its function in Python alone. */
export async function benchCopies({ folder, rounds, print }: CopiesOptions): Promise<Figures> {
  const variables = await variablesOf(PIPELINE);
  const [outputs, alone] = [join(folder, 'outputs'), join(folder, 'alone')];
  mkdirSync(alone);
  const direct = new DirectPython(
    variables['PYTHON_EXECUTABLE'] ?? '',
    resolve('pipelines', PIPELINE, 'create_item.py'),
  );
  const { bucket, key } = sampleOf(PIPELINE, '.nc');
  const make = pipelineMaker({ variables, bucket, outputs });
  const [own, theirs]: [number[], number[]] = [[], []];
  const keys = Array.from({ length: CALLS }, () => key);
  const files = keys.map((one) => join(bucket, one));
  try {
    // The first pair is a warm-up. They are short, so there are more of them.
    for (let round = 0; round <= 2 * rounds; round += 1) {
      const pair = [await make(keys), await direct.msPerItem(files, { output: alone })];
      if (round === 0) continue;
      own.push(pair[0] ?? NaN);
      theirs.push(pair[1] ?? NaN);
    }
  } finally {
    await direct.close();
  }
  const ratio = spreadOf(own.map((ms, round) => ms / (theirs[round] ?? NaN)));
  const text = `${median(own).toFixed(0)} ms, in Python alone ${median(theirs).toFixed(0)} ms`;
  print('granule with four copies', ratio === undefined ? text : `${text}: ${spreadText(ratio)}`);
  return {
    oisst_ratio: figure(ratio?.median),
    oisst_ratio_min: figure(ratio?.min),
    oisst_ratio_max: figure(ratio?.max),
    oisst_ms: figure(median(own)),
    oisst_python_ms: figure(median(theirs)),
  };
}
