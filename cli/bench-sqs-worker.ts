import { startSqs } from '../local/sqs-server.js';

// The queue in a process of its own, so that its work does not count as the sender's.
const [queue = '', delayMs = '0'] = process.argv.slice(2);
const { url } = await startSqs([queue], { delayMs: Number(delayMs) });
process.on('disconnect', () => process.exit());
process.send?.(url);
