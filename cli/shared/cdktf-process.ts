import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type ForegroundProcess, startInForeground } from './foreground.js';

/** Starts the cdktf CLI. */
export function startCdktf(
  words: readonly string[],
  root: string,
  variables: Readonly<Record<string, string>> = {},
): ForegroundProcess {
  const manifest = createRequire(import.meta.url).resolve('cdktf-cli/package.json');
  const program = join(dirname(manifest), 'bundle', 'bin', 'cdktf.js');
  return startInForeground(process.execPath, ['--no-warnings', program, ...words], {
    cwd: root,
    env: { ...environmentOf(words[0]), ...variables },
  });
}

/** Without a terminal, cdktf would print each frame of its spinner as a line, unless CI is set. */
function environmentOf(verb: string | undefined): Readonly<Record<string, string>> {
  const isQuiet = !process.stdout.isTTY && (verb === 'synth' || verb === 'list');
  return { CHECKPOINT_DISABLE: '1', ...(isQuiet && { CI: process.env['CI'] ?? '1' }) };
}
