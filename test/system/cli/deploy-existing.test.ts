import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { PROVIDER_LOCK } from '../../../modules/config/providers.js';
import { answerLogs, type LogGroups } from '../../support/cli/log-groups.js';
import { projectRoot } from '../../support/cli/project-root.js';
import { AWS_ENV, runCli } from '../../support/cli/run-cli.js';
import { stateServer } from '../../support/cli/state-server.js';
import { found, suite } from '../terraform/terraform-suite.js';

const TIMEOUT_MS = 480_000;
const GROUP = '/aws/lambda/demo-waves-app';

/** Writes a stack with two log groups in place of a pipeline's, which would need an AWS account. */
const MAIN = `
import { copyFileSync } from 'node:fs';
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { BaseStack, newApp } from './modules/constructs/base-stack.js';

class Stack extends BaseStack {}
const app = newApp();
const stack = new Stack(app, 'waves', {
  region: 'us-west-2',
  state: { kind: 's3', bucket: 'states', region: 'eu-central-1' },
  stateKey: 'demo/waves.tfstate',
  tags: {},
});
new CloudwatchLogGroup(stack, 'app_logs', { name: '${GROUP}' });
new CloudwatchLogGroup(stack, 'other_logs', { name: '/other' });
app.synth();
copyFileSync('${PROVIDER_LOCK}', app.outdir + '/stacks/waves/${PROVIDER_LOCK}');
`;

suite('npm run deploy, where a log group exists already', () => {
  const groups: LogGroups = new Map([[GROUP, 'us-west-2']]);
  let root: string;
  let aws: Awaited<ReturnType<typeof stateServer>>;

  beforeAll(async () => {
    aws = await stateServer((request) => answerLogs(request, groups));
    root = projectRoot({ 'main.ts': MAIN });
    // A copy, because the command finds the project beside its own file.
    cpSync('cli', join(root, 'cli'), { recursive: true });
    cpSync(PROVIDER_LOCK, join(root, PROVIDER_LOCK));
    for (const folder of [join('.terraform', 'plugins'), 'tmp'])
      mkdirSync(join(root, folder), { recursive: true });
  });

  afterAll(async () => {
    await aws.close();
    rmSync(root, { recursive: true, force: true });
  });

  const environment = () => ({
    ...found().environment,
    TF_PLUGIN_CACHE_DIR: join(root, '.terraform', 'plugins'),
    AWS_ENDPOINT_URL: aws.url,
    TMPDIR: join(root, 'tmp'),
    STATE_BUCKET: 'states',
    STATE_REGION: 'eu-central-1',
  });

  const deploy = () =>
    runCli(join(root, 'cli/cdktf.ts'), ['deploy', 'waves', '--auto-approve'], {
      cwd: root,
      env: environment(),
    });

  test(
    'the sentence has the command that imports it, after which the deployment succeeds',
    async () => {
      const failed = await deploy();
      const [, command = ''] = / (terraform -chdir=.*)$/m.exec(failed.stderr) ?? [];

      expect(failed.code).toBe(1);
      expect(failed.stderr).toContain(`deploy: waves: the log group ${GROUP} exists already`);
      expect(command).toBe(
        `terraform -chdir=cdktf.out/stacks/waves import 'aws_cloudwatch_log_group.app_logs' '${GROUP}'`,
      );
      expect(readdirSync(join(root, 'tmp')).filter((name) => name.startsWith('deploy-'))).toEqual(
        [],
      );
      expect(groups.get('/other')).toBe('us-west-2');

      await promisify(execFile)('sh', ['-c', command], {
        cwd: root,
        env: { ...AWS_ENV, ...environment() },
      });
      const deployed = await deploy();

      expect(deployed).toMatchObject({ code: 0 });
      expect(deployed.stderr).not.toContain('exists already');
    },
    TIMEOUT_MS,
  );
});
