import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import {
  knowsPlatform,
  parseLock,
  thisPlatform,
  withHeader,
  withLockHint,
} from '../../../cli/stacks/provider-lock.js';
import { AWS_PROVIDER, PROVIDER_LOCK } from '../../../modules/config/providers.js';

const committed = readFileSync(PROVIDER_LOCK, 'utf8');

/** As Terraform writes it. */
function lockFile(...hashes: readonly string[]): string {
  const lines = hashes.map((hash) => `    "${hash}",\n`).join('');
  return `# This file is maintained automatically by "terraform init".
# Manual edits may be lost in future updates.

provider "registry.terraform.io/hashicorp/aws" {
  version     = "6.1.0"
  constraints = ">= 5.100.0, < 7.0.0"
  hashes = [
${lines}  ]
}
`;
}

describe('the lock file of the project', () => {
  test('locks a version for the constraints of the stacks, with the checksums of every platform', () => {
    const lock = parseLock(committed);

    expect(lock.constraints).toBe(AWS_PROVIDER.version);
    expect(lock.version).toMatch(/^(5\.\d{3}|6\.\d+)\.\d+$/);
    for (const platform of ['linux_amd64', 'linux_arm64', 'darwin_amd64', 'darwin_arm64'])
      expect(knowsPlatform(lock, platform)).toBe(true);
  });

  test('is as npm run lock-providers writes it', () => {
    expect(withHeader(committed, parseLock(committed).platforms)).toBe(committed);
  });
});

describe('a platform', () => {
  const mirrored = parseLock(withHeader(lockFile('h1:a=', 'zh:a'), ['linux_amd64']));

  test.each([
    ['linux_amd64', true],
    ['darwin_arm64', false],
  ])('%s that a mirror had or had not: %s', (platform, known) => {
    expect(knowsPlatform(mirrored, platform)).toBe(known);
  });

  test('is known if the registry gave the checksums of a whole release', () => {
    const text = withHeader(lockFile('h1:a=', 'zh:a', 'zh:b', 'zh:c'), ['linux_amd64']);

    expect(knowsPlatform(parseLock(text), 'darwin_arm64')).toBe(true);
  });

  test('is not refused if the file does not name any, as where Terraform wrote it', () => {
    expect(knowsPlatform(parseLock(lockFile('h1:a=')), 'darwin_arm64')).toBe(true);
  });

  test.each([
    ['darwin', 'arm64', 'darwin_arm64'],
    ['linux', 'x64', 'linux_amd64'],
    ['win32', 'ia32', 'windows_386'],
  ] as const)('%s on %s is %s to Terraform', (platform, arch, name) => {
    expect(thisPlatform({ platform, arch })).toBe(name);
  });
});

describe("Terraform's error", () => {
  test('about a checksum gets the command that fixes it, also with a border', () => {
    const error = "│ the local package doesn't match any of the\n│ checksums previously recorded";

    expect(withLockHint(error)).toMatch(/^│ the local[^]*npm run lock-providers -- --fs-mirror/);
  });

  test('about something else stays as it is', () => {
    expect(withLockHint('no valid credential sources')).toBe('no valid credential sources');
  });
});
