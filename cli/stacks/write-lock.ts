import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AWS_PROVIDER, PROVIDER_LOCK } from '../../modules/config/providers.js';
import { runChild } from '../shared/child.js';
import { CommandError } from '../shared/command.js';
import { parseLock, type ProviderLock, withHeader } from './provider-lock.js';

/** Where the packages come from instead of the registry. */
export interface Mirror {
  readonly fsMirror?: string | undefined;
  readonly netMirror?: string | undefined;
}

export interface LockOptions extends Mirror {
  readonly root: string;
  readonly platforms: readonly string[];
  /** Whether the version in the file stays, and platforms are added to it. */
  readonly keep: boolean;
}

/**
 * Writes the lock file of the project with the newest version of the AWS provider that the stacks allow. Throws
 * CommandError with Terraform's message, and leaves the file as it was.
 */
export async function writeLock(options: LockOptions): Promise<ProviderLock> {
  const { root, platforms, keep } = options;
  const file = join(root, PROVIDER_LOCK);
  const before = keep && existsSync(file) ? parseLock(readFileSync(file, 'utf8')) : undefined;
  const folder = mkdtempSync(join(tmpdir(), 'providers-'));
  try {
    if (before !== undefined) copyFileSync(file, join(folder, PROVIDER_LOCK));
    await lockIn(folder, options);
    const text = readFileSync(join(folder, PROVIDER_LOCK), 'utf8');
    const hashed = new Set([...(before?.platforms ?? []), ...platforms]);
    writeFileSync(file, withHeader(text, [...hashed]));
    return parseLock(readFileSync(file, 'utf8'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function lockIn(
  folder: string,
  { platforms, fsMirror, netMirror }: LockOptions,
): Promise<void> {
  const configuration = { terraform: { required_providers: { aws: AWS_PROVIDER } } };
  writeFileSync(join(folder, 'main.tf.json'), JSON.stringify(configuration));
  const words = [
    `-chdir=${folder}`,
    'providers',
    'lock',
    ...(fsMirror === undefined ? [] : [`-fs-mirror=${fsMirror}`]),
    ...(netMirror === undefined ? [] : [`-net-mirror=${netMirror}`]),
    ...platforms.map((platform) => `-platform=${platform}`),
  ];
  const env = { CHECKPOINT_DISABLE: '1', TF_IN_AUTOMATION: '1', TF_CLI_ARGS: '-no-color' };
  const { code, stdout, stderr } = await runChild('terraform', words, { cwd: folder, env });
  if (code !== 0)
    throw new CommandError(
      `terraform providers lock failed, and ${PROVIDER_LOCK} stays as it was:\n${stderr.trim() || stdout.trim()}`,
    );
}
