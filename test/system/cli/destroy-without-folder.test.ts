import { existsSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { resourcesIn, stateOf } from '../../../cli/stacks/states.js';
import { PROVIDER_LOCK } from '../../../modules/config/providers.js';
import { answerLogs, type LogGroups } from '../../support/cli/log-groups.js';
import { projectRoot } from '../../support/cli/project-root.js';
import { runCli } from '../../support/cli/run-cli.js';
import { AWS, DATA, logGroup, stateText } from '../../support/cli/state-fixture.js';
import { stateServer } from '../../support/cli/state-server.js';
import { found, suite } from '../terraform/terraform-suite.js';

const TIMEOUT_MS = 240_000;
const LOCAL = { LOCAL_STATE: '1' };
const IN_BUCKET = { STATE_BUCKET: 'states', STATE_REGION: 'eu-central-1' };
const [APP, LETTERS] = ['/aws/lambda/demo-tides-app', '/letters'];

/** A deployed stack: a log group, one in the region of its topic, and a resource of Terraform itself. */
const TIDES = stateText(
  DATA,
  logGroup(APP, 'us-west-2'),
  logGroup(LETTERS, 'eu-central-1', { provider: `${AWS}.topic` }),
);

suite('npm run destroy, for a pipeline whose folder is gone', () => {
  const groups: LogGroups = new Map();
  let root: string;
  let aws: Awaited<ReturnType<typeof stateServer>>;

  beforeAll(async () => {
    aws = await stateServer((request) => answerLogs(request, groups));
    root = projectRoot();
    // A copy, because the command finds the project beside its own file.
    cpSync('cli', join(root, 'cli'), { recursive: true });
    cpSync(PROVIDER_LOCK, join(root, PROVIDER_LOCK));
    mkdirSync(join(root, '.terraform', 'plugins'), { recursive: true });
  });

  beforeEach(() => {
    groups.clear();
    groups.set(APP, 'us-west-2').set(LETTERS, 'eu-central-1').set('/other', 'us-west-2');
    aws.objects.clear();
    for (const file of ['demo-tides.tfstate', 'cdktf.out'])
      rmSync(join(root, file), { recursive: true, force: true });
  });

  afterAll(async () => {
    await aws.close();
    rmSync(root, { recursive: true, force: true });
  });

  function run(
    words: readonly string[],
    { env = LOCAL, command = 'cdktf' }: { env?: Record<string, string>; command?: string } = {},
  ) {
    return runCli(join(root, `cli/${command}.ts`), words, {
      cwd: root,
      env: {
        ...found().environment,
        TF_PLUGIN_CACHE_DIR: join(root, '.terraform', 'plugins'),
        AWS_ENDPOINT_URL: aws.url,
        ...env,
      },
    });
  }
  const destroy = (words: readonly string[], env?: Record<string, string>) =>
    run(['destroy', ...words, '--auto-approve', '--no-color'], env === undefined ? {} : { env });
  const local = () => readFileSync(join(root, 'demo-tides.tfstate'), 'utf8');

  test(
    'destroys each resource in its region, by a state in a local file, and then says that nothing is left',
    async () => {
      writeFileSync(join(root, 'demo-tides.tfstate'), TIDES);

      const { code, stdout, stderr } = await destroy(['pipelines/tides/']);

      expect({ code, stderr }).toEqual({
        code: 0,
        stderr:
          'destroy: tides has no stack in this checkout: destroying 3 resources in demo-tides.tfstate, ' +
          'with the configuration in cdktf.out/without-folder/tides\n' +
          `destroy: tides: Loss of logs: logs of ${APP}, ${LETTERS} are gone\n`,
      });
      expect(stdout).toContain('Destroy complete! Resources: 3 destroyed.');
      expect([...groups.keys()]).toEqual(['/other']);
      expect(resourcesIn(stateOf(local(), ''))).toBe(0);
      expect(await destroy(['tides'])).toMatchObject({
        code: 0,
        stdout: '',
        stderr: 'destroy: nothing to destroy: demo-tides.tfstate has no resources\n',
      });
    },
    TIMEOUT_MS,
  );

  test(
    'destroys by a state in the bucket, with its lock and the locked provider',
    async () => {
      aws.objects.set('/states/demo/tides.tfstate', TIDES);

      const { code, stdout } = await destroy(['tides'], IN_BUCKET);

      expect({ code, stdout }).toEqual({
        code: 0,
        stdout: expect.stringContaining('Resources: 3 destroyed.'),
      });
      expect([...groups.keys()]).toEqual(['/other']);
      expect([...aws.objects.keys()]).toEqual(['/states/demo/tides.tfstate']);
      const folder = join(root, 'cdktf.out/without-folder/tides');
      expect(existsSync(join(folder, PROVIDER_LOCK))).toBe(true);
    },
    TIMEOUT_MS,
  );

  test(
    'changes nothing if one of the names is unknown, and says what exists',
    async () => {
      aws.objects.set('/states/demo/tides.tfstate', TIDES);
      aws.objects.set('/states/demo/storms.tfstate', stateText());
      aws.objects.set('/states/demo-prod/winds.tfstate', TIDES);
      writeFileSync(join(root, 'demo-winds.tfstate'), TIDES);

      const { code, stdout, stderr } = await destroy(['tides', 'winds'], IN_BUCKET);

      expect({ code, stdout, stderr }).toEqual({
        code: 2,
        stdout: '',
        stderr:
          'destroy: unknown pipeline "winds" (known: waves), and no state of it in s3://states/demo/ ' +
          '(deployed without a folder: tides); demo-winds.tfstate is used with LOCAL_STATE=1. ' +
          'Run "npm run destroy -- --help" for usage.\n',
      });
      expect(groups.size).toBe(3);
    },
    TIMEOUT_MS,
  );

  test(
    'destroys one that has a folder beside it',
    async () => {
      writeFileSync(join(root, 'demo-tides.tfstate'), TIDES);

      const { code, stdout, stderr } = await destroy(['waves', 'tides']);

      expect({ code, stdout, stderr }).toMatchObject({ code: 0 });
      expect(stdout).toContain('Destroy complete!');
      expect([...groups.keys()]).toEqual(['/other']);
    },
    TIMEOUT_MS,
  );

  test('asks no one without a terminal', async () => {
    writeFileSync(join(root, 'demo-tides.tfstate'), TIDES);

    const { code, stderr } = await run(['destroy', 'tides']);

    expect(code).toBe(2);
    expect(stderr).toContain('Pass --auto-approve to go ahead');
    expect(local()).toBe(TIDES);
  });

  describe('and before', () => {
    test(
      'plan --all names it, with exit code 2',
      async () => {
        aws.objects.set('/states/demo/tides.tfstate', TIDES);
        rmSync(join(root, 'pipelines'), { recursive: true });

        const outcome = await run(['--all'], { command: 'plan', env: IN_BUCKET });
        const json = await run(['--all', '--json'], { command: 'plan', env: IN_BUCKET });

        expect(outcome).toMatchObject({ code: 2 });
        expect(outcome.stderr).toMatch(/^plan: pipelines\/ contains no pipeline: .*\n$/);
        expect(outcome.stdout).toContain('## Plan: **no folder** for the stack of tides');
        expect(outcome.stdout).toContain('(3 resources)');
        expect(JSON.parse(json.stdout)).toEqual([
          { pipeline: 'tides', removed: { resources: 3, command: 'npm run destroy -- tides' } },
        ]);
      },
      TIMEOUT_MS,
    );
  });
});
