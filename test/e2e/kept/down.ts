import { cleanUpLeftovers, endRun, listRuns } from '../system/run-record.js';

/** `npm run e2e:down` stops what `e2e:up` started, and what an interrupted run left behind. */
await cleanUpLeftovers();
for (const record of listRuns().filter(({ kept }) => kept)) {
  await endRun(record);
  process.stderr.write(`stopped ${record.folder}\n`);
}
