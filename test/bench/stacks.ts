import { timeAppImport } from './bundle.js';
import { figure, type Figures, type Print } from './figures.js';
import { timeManySynths, timeSynth, type ManyTimes } from './synth.js';

export interface StackOptions {
  /** Number of pipelines of the large synth; 0 skips it. */
  readonly pipelines: number;
  /** Number of rounds of the comparison with a bare cdktf app. */
  readonly rounds: number;
  readonly print: Print;
}

/** Measures the import of the app's bundle, and the synth of one pipeline and of many. */
export async function benchStacks({ pipelines, rounds, print }: StackOptions): Promise<Figures> {
  const { bytes, importMs, emptyMs } = await timeAppImport();
  print(
    'app bundle',
    `${(bytes / 1e6).toFixed(2)} MB, imported in ${importMs.toFixed(0)} ms (an empty module: ${emptyMs.toFixed(0)} ms)`,
  );
  const { oneSeconds, bareSeconds, ratio } = timeSynth(rounds);
  const one = `${oneSeconds.toFixed(2)} s, bare cdktf app ${bareSeconds.toFixed(2)} s`;
  print('synth of one pipeline, warm', `${one}: ${ratio.toFixed(2)} times`);
  const many = pipelines > 0 ? timeManySynths(pipelines) : undefined;
  if (many !== undefined) printMany(many, print);
  return {
    timesBareApp: figure(ratio),
    oneSeconds: figure(oneSeconds),
    bareSeconds: figure(bareSeconds),
    manyWarmSeconds: figure(many?.warmSeconds),
    manyColdSeconds: figure(many?.coldSeconds),
    manyPeakMb: figure(many?.peakMegabytes),
    pipelines,
    bundleMb: figure(bytes / 1e6),
    importMs: figure(importMs),
    emptyMs: figure(emptyMs),
  };
}

function printMany(many: ManyTimes, print: Print): void {
  print(
    `synth of ${many.pipelines} pipelines`,
    `warm ${many.warmSeconds.toFixed(1)} s (half of them ${many.halfSeconds.toFixed(1)} s), ` +
      `cold ${many.coldSeconds.toFixed(1)} s, ${many.peakMegabytes.toFixed(0)} MB`,
  );
}
