import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROVIDER_LOCK } from '../../modules/config/providers.js';
import { CommandError } from '../shared/command.js';

/** What a lock file knows about the provider's packages. @see https://developer.hashicorp.com/terraform/language/files/dependency-lock */
export interface ProviderLock {
  readonly version: string | undefined;
  readonly constraints: string | undefined;
  /** Platforms whose package was hashed when the file was written, such as `linux_amd64`. */
  readonly platforms: readonly string[];
  /** Number of checksums of zips. The registry gives those of every platform of the release. */
  readonly zips: number;
}

const HASHED = '# Hashed here (h1): ';
const HEADER = `# Written by "npm run lock-providers"; each synth copies it beside the stacks.`;

/** Parses a lock file with one provider. */
export function parseLock(text: string): ProviderLock {
  const valueOf = (key: string) => new RegExp(`^ *${key} += "(.*)"$`, 'm').exec(text)?.[1];
  const line = text.split('\n').find((one) => one.startsWith(HASHED));
  return {
    version: valueOf('version'),
    constraints: valueOf('constraints'),
    platforms: line?.slice(HASHED.length).split(', ') ?? [],
    zips: text.match(/"zh:/g)?.length ?? 0,
  };
}

/** Puts our own comment in place of Terraform's, with the platforms that the file has hashes of. */
export function withHeader(text: string, platforms: readonly string[]): string {
  const start = text.indexOf('provider "');
  return `${HASHED}${[...platforms].sort().join(', ')}\n${HEADER}\n\n${text.slice(start)}`;
}

/** The platform of this process, in the words of Terraform. */
export function thisPlatform({ platform, arch }: Pick<NodeJS.Process, 'platform' | 'arch'>) {
  const system = platform === 'win32' ? 'windows' : platform;
  return `${system}_${{ x64: 'amd64', ia32: '386' }[arch as string] ?? arch}`;
}

/** Whether `terraform init` can accept a package for the platform. */
export function knowsPlatform({ platforms, zips }: ProviderLock, platform: string): boolean {
  // A mirror gives no more checksums than it has platforms.
  return platforms.length === 0 || platforms.includes(platform) || zips > platforms.length;
}

/** Throws CommandError if the lock file of the project has no checksum for this platform, before Terraform refuses it. */
export function checkProviderLock(root: string, platform = thisPlatform(process)): void {
  const file = join(root, PROVIDER_LOCK);
  if (!existsSync(file)) return;
  const lock = parseLock(readFileSync(file, 'utf8'));
  if (knowsPlatform(lock, platform)) return;
  throw new CommandError(
    `${PROVIDER_LOCK} has checksums of the AWS provider ${lock.version ?? ''} for ${lock.platforms.join(', ')} only, not for ${platform}: ` +
      `run "npm run lock-providers -- --keep --platform ${platform}" and commit the file`,
  );
}

const REFUSED = /doesn't match any of the\s+checksums|no longer available/;

/** Terraform's error, with what to do if it refuses a provider because of the lock file. */
export function withLockHint(error: string): string {
  if (!REFUSED.test(error.replaceAll(/^[│ ]+/gm, ''))) return error;
  return (
    `${error}\n\nTerraform takes exactly the provider in ${PROVIDER_LOCK}. If yours comes from a mirror, the file needs the checksums of ` +
    `that mirror: run "npm run lock-providers -- --fs-mirror <folder>" (or --net-mirror <url>), with --keep for the same version.`
  );
}
