import { startCdktf } from '../../../cli/shared/cdktf-process.js';

// Runs cdktf-cli or cdktn-cli in the current folder, as the npm scripts do in this project.
process.exitCode = await startCdktf(process.argv.slice(2), process.cwd()).ended;
