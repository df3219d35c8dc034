import { timeAppImport } from './bundle.js';
import type { Print } from './sample.js';
import { timeManySynths, timeSynth } from './synth.js';

/** Measures the import of the app's bundle, and the synth of one pipeline and of many. */
export async function benchStacks(pipelines: number, print: Print): Promise<void> {
  const { bytes, importMs, emptyMs } = await timeAppImport();
  print(
    'app bundle',
    `${(bytes / 1e6).toFixed(2)} MB, imported in ${importMs.toFixed(0)} ms (an empty module: ${emptyMs.toFixed(0)} ms)`,
  );
  const { oneSeconds, bareSeconds, ratio } = timeSynth();
  const one = `${oneSeconds.toFixed(2)} s, bare cdktf app ${bareSeconds.toFixed(2)} s`;
  print('synth of one pipeline, warm', `${one}: ${ratio.toFixed(2)} times`);
  const many = timeManySynths(pipelines);
  print(
    `synth of ${pipelines} pipelines`,
    `warm ${many.warmSeconds.toFixed(1)} s (half of them ${many.halfSeconds.toFixed(1)} s), ` +
      `cold ${many.coldSeconds.toFixed(1)} s, ${many.peakMegabytes.toFixed(0)} MB`,
  );
}
