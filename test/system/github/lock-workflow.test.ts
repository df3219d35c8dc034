import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { AWS_ENV } from '../../support/cli/run-cli.js';
import { git, gitProject } from '../../support/cli/project-root.js';
import { runSteps } from './run-steps.js';
import { readWorkflow } from './workflow.js';

// Runs the steps of lock-providers.yml in a repository with an origin. Fakes of terraform, which writes a lock file, and
// of gh note their arguments.

const TIMEOUT_MS = 120_000;
const LOCK = '.terraform.lock.hcl';

let root: string;
let origin: string;
let bin: string;

beforeAll(() => {
  root = gitProject({ 'README.md': 'a project\n' }, ['cli', LOCK]);
  origin = mkdtempSync(join(tmpdir(), 'origin-'));
  git(origin, 'init', '--quiet', '--bare');
  git(root, 'branch', '--quiet', '--move', 'main');
  git(root, 'remote', 'add', 'origin', origin);
  bin = mkdtempSync(join(tmpdir(), 'programs-'));
});

afterAll(() => {
  for (const folder of [root, origin, bin]) rmSync(folder, { recursive: true, force: true });
});

function program(name: string, script: string): void {
  writeFileSync(
    join(bin, name),
    `#!/bin/sh\necho "${name} $@" | head -1 >> '${bin}/calls'\n${script}\n`,
  );
  chmodSync(join(bin, name), 0o755);
}

/** @param open number of the pull request that is open, if any */
async function run(version: string, open = '') {
  writeFileSync(join(bin, 'calls'), '');
  program('gh', `case "$2" in list) echo ${open} ;; esac`);
  // The real Terraform writes the file of the folder that -chdir names.
  program(
    'terraform',
    `sed 's/"5.100.0"/"${version}"/' '${root}/${LOCK}' > "\${1#-chdir=}/${LOCK}"`,
  );
  git(root, 'switch', '--quiet', 'main');
  const { lock } = readWorkflow('lock-providers').jobs;
  if (lock === undefined) throw new Error('no job lock');
  const outcome = await runSteps(lock, {
    cwd: root,
    env: { ...AWS_ENV, PATH: `${bin}:${process.env['PATH'] ?? ''}` },
    values: { 'github.token': 'token', 'github.ref_name': 'main' },
    without: ['Install'],
  });
  return { ...outcome, calls: readFileSync(join(bin, 'calls'), 'utf8') };
}

test(
  'the steps of lock-providers.yml push the new lock and open one pull request',
  async () => {
    const first = await run('6.7.8');
    const second = await run('6.7.9', '12');

    expect(first.codes).toEqual({ Lock: 0, 'Open a pull request': 0 });
    expect(first.calls).toContain(
      '-platform=linux_amd64 -platform=linux_arm64 -platform=darwin_amd64 -platform=darwin_arm64',
    );
    expect(first.calls).toMatch(/^gh pr create --head lock-providers --base main /m);
    expect(second.calls).not.toContain('pr create');
    expect(git(origin, 'show', `lock-providers:${LOCK}`)).toContain('"6.7.9"');
    expect(git(origin, 'show', '--format=%an', '--name-only', 'lock-providers').trim()).toBe(
      `github-actions[bot]\n\n${LOCK}`,
    );
  },
  TIMEOUT_MS,
);

test(
  'they open none if the lock is that of the newest provider',
  async () => {
    git(root, 'switch', '--quiet', 'main');
    const text = readFileSync(join(root, LOCK), 'utf8');
    const hashed = '# Hashed here (h1): darwin_amd64, darwin_arm64, linux_amd64, linux_arm64';
    writeFileSync(join(root, LOCK), text.replace(/^# Hashed.*$/m, hashed));
    git(root, '-c', 'user.name=test', '-c', 'user.email=t@example.com', 'commit', '-qam', 'newest');

    const { codes, calls } = await run('5.100.0');

    expect(codes).toEqual({ Lock: 0 });
    expect(calls).not.toContain('gh');
  },
  TIMEOUT_MS,
);
