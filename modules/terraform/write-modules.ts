import { relative } from 'node:path';
import { ConfigError } from '../config/values/error.js';
import { writeModules } from './write.js';

// cdktf takes a stack trace for every token; mapping these to .ts files doubles the time of a synth.
if (process.env['DEBUG'] === undefined) process.setSourceMapsEnabled(false);

const [, , folder = '', ...names] = process.argv;

try {
  for (const path of writeModules(names, folder)) {
    process.stdout.write(`${relative(process.cwd(), path)}\n`);
  }
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
