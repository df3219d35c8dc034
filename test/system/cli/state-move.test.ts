import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../support/cli/project-root.js';
import { runCli } from '../../support/cli/run-cli.js';
import { stateServer } from '../../support/cli/state-server.js';
import { found, suite } from '../terraform/terraform-suite.js';

const TIMEOUT_MS = 120_000;
const LOCAL = { LOCAL_STATE: '1' };
const IN_BUCKET = { STATE_BUCKET: 'states', STATE_REGION: 'eu-central-1' };

suite('a state moves from a local file to a bucket', () => {
  let s3: Awaited<ReturnType<typeof stateServer>>;
  let root: string;
  let plugins: string;

  beforeAll(async () => {
    s3 = await stateServer();
    root = projectRoot();
    plugins = join(root, '.terraform', 'plugins');
    mkdirSync(plugins, { recursive: true });
    // A copy, because the command finds the project beside its own file.
    cpSync('cli', join(root, 'cli'), { recursive: true });
  });

  afterAll(() => s3.close());

  async function run(command: string, words: readonly string[], env: Record<string, string>) {
    const { environment } = found();
    return runCli(join(root, `cli/${command}.ts`), words, {
      cwd: root,
      env: {
        ...environment,
        AWS_ENDPOINT_URL: s3.url,
        // cdktf's own place for it is in the home folder.
        TF_PLUGIN_CACHE_DIR: plugins,
        ...env,
      },
    });
  }

  const diff = (env: Record<string, string>, ...words: readonly string[]) =>
    run('cdktf', ['diff', 'waves', '--skip-provider-lock', '--no-color', ...words], env);

  test(
    '[N30] with --migrate-state, and the commands say so before',
    async () => {
      expect((await diff(LOCAL)).code).toBe(0);
      writeFileSync(join(root, 'demo-waves.tfstate'), STATE);

      const refused = await diff(IN_BUCKET);
      expect({ code: refused.code, stdout: refused.stdout }).toEqual({ code: 1, stdout: '' });
      expect(refused.stderr).toMatch(
        /^waves: its Terraform state was in demo-waves.tfstate, .*--migrate-state.*\n$/,
      );
      const plan = await run('plan', ['waves'], IN_BUCKET);
      expect(plan.code).toBe(1);
      expect(plan.stdout).toContain('waves: its Terraform state was in demo-waves.tfstate');
      expect(s3.objects.size).toBe(0);

      const moved = await diff(IN_BUCKET, '--migrate-state');
      expect(moved.code).toBe(0);
      expect([...s3.objects.keys()]).toEqual(['/states/demo/waves.tfstate']);
      expect(moved.stdout).toContain('1 to destroy');
    },
    TIMEOUT_MS,
  );

  test(
    '[N30] but another PROJECT has a state of its own',
    async () => {
      const { code, stdout } = await diff({
        PROJECT: 'prod',
        STATE_BUCKET: 'states',
        STATE_REGION: 'eu-central-1',
      });

      expect(code).toBe(0);
      expect(stdout).toContain('0 to destroy');
    },
    TIMEOUT_MS,
  );
});

/** A state with one resource that the stack does not have. */
const STATE = JSON.stringify({
  version: 4,
  terraform_version: '1.11.0',
  serial: 1,
  lineage: '00000000-0000-0000-0000-000000000000',
  outputs: {},
  resources: [
    {
      mode: 'managed',
      type: 'terraform_data',
      name: 'old',
      provider: 'provider["terraform.io/builtin/terraform"]',
      instances: [{ schema_version: 0, attributes: { id: 'old' } }],
    },
  ],
});
