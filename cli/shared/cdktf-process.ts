import { join } from 'node:path';
import { listPipelines } from '../../modules/config/folder.js';
import { RESERVED_STACKS } from '../../modules/config/values/pipeline-id.js';
import { chooseCli, isCdktfBuilt, type Cli } from './cdktf-cli.js';
import { CdktfText } from './cdktf-text.js';
import { type ForegroundProcess, startInForeground } from './foreground.js';

/**
 * Starts cdktf-cli, or cdktn-cli where that does not run. Without a terminal, the output of both is the same. Throws
 * UsageError if CDK_CLI is wrong.
 */
export function startCdktf(
  words: readonly string[],
  root: string,
  variables: Readonly<Record<string, string>> = {},
): ForegroundProcess {
  const cli = chooseCli({
    wanted: process.env['CDK_CLI'] ?? '',
    node: process.versions.node,
    isBuilt: isCdktfBuilt,
  });
  const [verb, ...names] = words;
  const chosen = names.filter((word) => !word.startsWith('-'));
  const known = [...chosen, ...listPipelines(join(root, 'pipelines')), ...RESERVED_STACKS];
  // The table of a list begins with the names as well, and has to keep them.
  const stacks = verb === 'list' || verb === 'synth' ? [] : [...new Set(known)];
  return startInForeground(process.execPath, [...nodeOptions(cli, verb), cli.program, ...words], {
    cwd: root,
    env: { ...environmentOf(verb), ...variables },
    text: () => new CdktfText({ stacks, named: chosen.length > 1, indented: cli.name === 'cdktf' }),
  });
}

/**
 * Code that cdktf-cli loads first. Without a terminal, it would break lines after 80 characters, and it gives Terraform a
 * pseudoterminal of 80 columns, while Terraform breaks its lines after 78 without one.
 */
const WIDE = `data:text/javascript,${encodeURIComponent(`
  import { createRequire } from 'node:module';
  if (!process.stdout.isTTY) {
    process.stdout.columns = 10000;
    const pty = createRequire(process.argv[1])('@cdktf/node-pty-prebuilt-multiarch');
    const { spawn } = pty;
    pty.spawn = (file, words, options) => spawn(file, words, { ...options, cols: 78 });
  }
`)}`;

function nodeOptions({ name }: Cli, verb: string | undefined): readonly string[] {
  // The table of a list is as wide as the terminal.
  const isWide = name === 'cdktf' && verb !== 'list';
  return ['--no-warnings', ...(isWide ? ['--import', WIDE] : [])];
}

/** Without a terminal, cdktf would print each frame of its spinner as a line, unless CI is set. */
function environmentOf(verb: string | undefined): Readonly<Record<string, string>> {
  const isQuiet = !process.stdout.isTTY && (verb === 'synth' || verb === 'list');
  return { CHECKPOINT_DISABLE: '1', ...(isQuiet && { CI: process.env['CI'] ?? '1' }) };
}
