import { cleanUpLeftOvers, endRun, listRuns } from './system/run-record.js';

/** `npm run e2e:down`: ends what `e2e:up` has started, and what an interrupted run has left. */
await cleanUpLeftOvers();
for (const record of listRuns().filter(({ kept }) => kept)) {
  await endRun(record);
  process.stderr.write(`ended ${record.folder}\n`);
}
