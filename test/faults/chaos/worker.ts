import { runChaos } from './run.js';

// Entry of the process whose clock is replaced, which prints the summary. Its arguments are the seed and the path of the
// bundled pipeline.ts. It runs without a loader of TypeScript, which would compile each copy of the bundle again.
const [seed, file = ''] = process.argv.slice(2);
process.stdout.write(JSON.stringify(await runChaos({ seed: Number(seed), file })));
