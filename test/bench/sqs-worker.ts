import { startSqs } from '../../local/queue/sqs-server.js';

// Its own process, as an emulator is one.
const [queue = '', delayMs = '0'] = process.argv.slice(2);
const { url } = await startSqs([queue], { delayMs: Number(delayMs) });
process.on('disconnect', () => process.exit());
process.send?.(url);
