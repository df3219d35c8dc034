import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseLock, thisPlatform, withHeader } from '../../../cli/stacks/provider-lock.js';
import { PROVIDER_LOCK } from '../../../modules/config/providers.js';
import { projectRoot } from '../../support/cli/project-root.js';
import { runCli } from '../../support/cli/run-cli.js';
import { stateServer } from '../../support/cli/state-server.js';
import { findMirror } from '../terraform/terraform.js';
import { found, suite } from '../terraform/terraform-suite.js';

const TIMEOUT_MS = 120_000;
const HERE = thisPlatform(process);
const OTHER = HERE === 'darwin_arm64' ? 'linux_arm64' : 'darwin_arm64';

suite('the lock of the providers', () => {
  let root: string;
  let mirror: string | undefined;
  let aws: Awaited<ReturnType<typeof stateServer>>;

  beforeAll(async () => {
    mirror = await findMirror();
    aws = await stateServer();
    root = projectRoot();
    // A copy, because the command finds the project beside its own file.
    cpSync('cli', join(root, 'cli'), { recursive: true });
    writeTerraform();
  });

  afterAll(async () => {
    await aws.close();
    rmSync(root, { recursive: true, force: true });
  });

  /** A terraform on the PATH that notes its arguments and runs the real one. */
  function writeTerraform(): void {
    const plugins = join(root, '.terraform', 'plugins');
    mkdirSync(plugins, { recursive: true });
    mkdirSync(join(root, 'bin'));
    const file = join(root, 'bin', 'terraform');
    const path = found().environment['PATH'] ?? '';
    writeFileSync(
      file,
      `#!/bin/sh\necho "$@" >> '${join(root, 'calls')}'\nPATH='${path}' exec terraform "$@"\n`,
    );
    chmodSync(file, 0o755);
  }

  const lock = (text: string) => {
    writeFileSync(join(root, PROVIDER_LOCK), text);
  };
  const laid = () => readFileSync(join(root, 'cdktf.out/stacks/waves', PROVIDER_LOCK), 'utf8');

  function run(script: string, ...words: readonly string[]) {
    rmSync(join(root, 'cdktf.out'), { recursive: true, force: true });
    writeFileSync(join(root, 'calls'), '');
    const { environment } = found();
    return runCli(join(root, `cli/${script}.ts`), words, {
      cwd: root,
      env: {
        ...environment,
        PATH: `${join(root, 'bin')}:${environment['PATH'] ?? ''}`,
        // cdktf's own place for it is in the home folder.
        TF_PLUGIN_CACHE_DIR: join(root, '.terraform', 'plugins'),
        LOCAL_STATE: '1',
        AWS_ENDPOINT_URL: aws.url,
      },
    });
  }

  const lockHere = (...words: readonly string[]) =>
    run(
      'lock-providers',
      ...['--platform', HERE, ...(mirror === undefined ? [] : ['--fs-mirror', mirror]), ...words],
    );

  test(
    'is written from the packages, and platforms that are missing are named by Terraform',
    async () => {
      rmSync(join(root, PROVIDER_LOCK), { force: true });
      const { code, stdout } = await lockHere();
      const text = readFileSync(join(root, PROVIDER_LOCK), 'utf8');

      expect(code).toBe(0);
      expect(parseLock(text)).toMatchObject({ platforms: [HERE] });
      expect(stdout).toBe(
        `${PROVIDER_LOCK}: AWS provider ${parseLock(text).version ?? ''}, hashed for ${HERE}\n`,
      );
      if (mirror !== undefined && HERE === 'linux_amd64')
        expect(text).toContain(/"h1:.*"/.exec(readFileSync(resolve(PROVIDER_LOCK), 'utf8'))?.[0]);

      expect((await lockHere('--keep')).code).toBe(0);
      expect(readFileSync(join(root, PROVIDER_LOCK), 'utf8')).toBe(text);
      const refused = await lockHere('--platform', 'solaris_sparc');
      expect(refused).toMatchObject({ code: 1, stdout: '' });
      expect(refused.stderr).toContain(`failed, and ${PROVIDER_LOCK} stays as it was:`);
      expect(refused.stderr).toContain('solaris_sparc');
      expect(readFileSync(join(root, PROVIDER_LOCK), 'utf8')).toBe(text);
    },
    TIMEOUT_MS,
  );

  test(
    'is laid beside the stack, and cdktf neither upgrades nor locks again',
    async () => {
      expect((await lockHere()).code).toBe(0);
      const text = readFileSync(join(root, PROVIDER_LOCK), 'utf8');

      const { code, stdout } = await run('cdktf', 'diff', 'waves', '--no-color');
      const calls = readFileSync(join(root, 'calls'), 'utf8');

      expect({ code, calls }).toEqual({
        code: 0,
        calls: expect.stringMatching(/^init -no-color$/m),
      });
      expect(calls).not.toMatch(/upgrade|providers lock/);
      expect(stdout).toContain('from the dependency lock file');
      expect(parseLock(laid()).version).toBe(parseLock(text).version);
    },
    TIMEOUT_MS,
  );

  test(
    'is taken exactly: another version is not replaced by the one that is there',
    async () => {
      const { version = '' } = parseLock(readFileSync(join(root, PROVIDER_LOCK), 'utf8'));
      lock(readFileSync(join(root, PROVIDER_LOCK), 'utf8').replace(`"${version}"`, '"6.999.0"'));

      const plan = await run('plan', 'waves');

      expect(plan.code).toBe(1);
      expect(plan.stdout).toContain('6.999.0');
      expect(plan.stdout).toContain('npm run lock-providers -- --fs-mirror');
    },
    TIMEOUT_MS,
  );

  test(
    'without this platform is an error that says what to run, before anything is done',
    async () => {
      const own = readFileSync(resolve(PROVIDER_LOCK), 'utf8').replace(/ +"zh:.*\n/g, '');
      lock(withHeader(own, [OTHER]));

      const sentence = `for ${OTHER} only, not for ${HERE}: run "npm run lock-providers -- --keep --platform ${HERE}"`;
      const diff = await run('cdktf', 'diff', 'waves');
      const plan = await run('plan', 'waves');

      expect(diff).toMatchObject({
        code: 1,
        stdout: '',
        stderr: expect.stringContaining(sentence),
      });
      expect(plan).toMatchObject({ code: 1, stdout: expect.stringContaining(sentence) });
      expect(readFileSync(join(root, 'calls'), 'utf8')).toBe('');
    },
    TIMEOUT_MS,
  );

  test(
    'with the checksum of another package keeps its error from Terraform, with a hint',
    async () => {
      const own = readFileSync(resolve(PROVIDER_LOCK), 'utf8').replace(/"(h1|zh):./g, '"$1:0');
      lock(own);

      const plan = await run('plan', 'waves');

      expect(plan.code).toBe(1);
      expect(plan.stdout).toContain('the file needs the checksums of that mirror');
    },
    TIMEOUT_MS,
  );
});
