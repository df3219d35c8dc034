import { resolve } from 'node:path';
import { Command } from 'commander';
import { PROVIDER_LOCK } from '../modules/config/providers.js';
import { runCommand, UsageError } from './shared/command.js';
import { printLine } from './shared/terminal.js';
import { writeLock } from './stacks/write-lock.js';

const root = process.cwd();
const PLATFORMS = ['linux_amd64', 'linux_arm64', 'darwin_amd64', 'darwin_arm64'];

interface LockProvidersOptions {
  readonly platform?: readonly string[];
  readonly keep?: true;
  readonly fsMirror?: string;
  readonly netMirror?: string;
}

const command = new Command('lock-providers')
  .description(
    `Write ${PROVIDER_LOCK} with the newest AWS provider that the stacks allow and its checksums; every synth copies it beside the stacks.`,
  )
  .option('--keep', 'keep the version in the file, and only add checksums')
  .option(
    '--platform <platform>',
    `platform to hash, repeatable (default: ${PLATFORMS.join(', ')})`,
    platforms,
  )
  .option('--fs-mirror <folder>', 'take the packages from a folder instead of the registry')
  .option('--net-mirror <url>', 'take the packages from a network mirror instead of the registry')
  .addHelpText('after', '\nExample:\n  npm run lock-providers')
  .action(lockProviders);

async function lockProviders(options: LockProvidersOptions): Promise<void> {
  const { platform = PLATFORMS, keep = false, fsMirror, netMirror } = options;
  if (fsMirror !== undefined && netMirror !== undefined)
    throw new UsageError('pass --fs-mirror or --net-mirror, not both');
  process.stderr.write(`hashing the AWS provider for ${platform.join(', ')}\n`);
  // Terraform runs in a temporary folder, where a relative path would mean another folder.
  const folder = fsMirror === undefined ? undefined : resolve(fsMirror);
  const lock = await writeLock({ root, platforms: platform, keep, fsMirror: folder, netMirror });
  await printLine(
    `${PROVIDER_LOCK}: AWS provider ${lock.version ?? ''}, hashed for ${lock.platforms.join(', ')}`,
  );
}

/** Collects the values of a repeated option. */
function platforms(value: string, before: readonly string[] | undefined): readonly string[] {
  if (!/^[a-z]+_[a-z0-9]+$/.test(value))
    throw new UsageError(
      `--platform is an operating system and an architecture, such as linux_amd64 (given ${JSON.stringify(value)})`,
    );
  return [...(before ?? []), value];
}

await runCommand(command);
