import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { PYTHON, pipelineFolder, yamlOf } from '../support/stacks/config-folder.js';

const run = promisify(execFile);

interface Outcome {
  readonly code: number;
  readonly stderr: string;
  readonly root: string;
}

/** Runs main.ts as cdktf.json does, in a project with one pipeline that has these files. */
async function synth(
  env: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const root = mkdtempSync(join(tmpdir(), 'main-'));
  for (const name of ['modules', 'lambdas', 'node_modules'])
    symlinkSync(join(process.cwd(), name), join(root, name));
  for (const name of ['main.ts', 'cdktf.json', 'package.json']) cpSync(name, join(root, name));
  mkdirSync(join(root, 'pipelines'));
  renameSync(pipelineFolder(yamlOf({})), join(root, 'pipelines/waves'));
  for (const [path, content] of Object.entries(files))
    writeFileSync(join(root, 'pipelines/waves', path), content);
  const words = ['--import', 'tsx', '--no-warnings', 'main.ts'];
  const options = { cwd: root, env: { PATH: process.env['PATH'], ...env } };
  return run(process.execPath, words, options).then(
    ({ stderr }) => ({ code: 0, stderr, root }),
    (error: unknown) => ({ ...(error as Pick<Outcome, 'code' | 'stderr'>), root }),
  );
}

const DEMO = { PROJECT: 'demo', LOCAL_STATE: '1' };

describe('main.ts', () => {
  test('writes a stack for every pipeline', async () => {
    const { code, root, stderr } = await synth(DEMO);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(existsSync(join(root, 'cdktf.out/stacks/waves/cdk.tf.json'))).toBe(true);
  });

  test('names the image of a pipeline in Python, without building it', async () => {
    const { code, root, stderr } = await synth(DEMO, {
      'config.yaml': yamlOf(PYTHON),
      'requirements.in': 'stactools-waves',
      'requirements.txt': '',
    });

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const stack = readFileSync(join(root, 'cdktf.out/stacks/waves/cdk.tf.json'), 'utf8');
    expect(stack).toMatch(
      /"image_uri": "123456789012\.dkr\.ecr\.us-west-2\.amazonaws\.com\/demo-images:waves-[0-9a-f]{16}"/,
    );
  });

  test('with BOOTSTRAP=1 writes only the stacks of the project itself', async () => {
    const env = {
      PROJECT: 'demo',
      BOOTSTRAP: '1',
      STATE_BUCKET: 'states',
      STATE_REGION: 'eu-west-1',
    };
    const { root } = await synth(env, { 'config.yaml': 'nonsense' });
    expect(existsSync(join(root, 'cdktf.out/stacks/bootstrap/cdk.tf.json'))).toBe(true);
    expect(existsSync(join(root, 'cdktf.out/stacks/github_oidc/cdk.tf.json'))).toBe(true);
    expect(existsSync(join(root, 'cdktf.out/stacks/waves'))).toBe(false);
  });

  test('reports all config errors without a stack trace, and writes nothing', async () => {
    const { code, stderr, root } = await synth(
      {},
      { 'config.yaml': yamlOf({ timeout_seconds: '0', nam: 'x' }) },
    );

    expect(code).toBe(1);
    expect(stderr.trim().split('\n')).toEqual([
      expect.stringMatching(/^PROJECT is not set: /),
      expect.stringMatching(/^STATE_BUCKET and STATE_REGION not set: /),
      expect.stringMatching(/config\.yaml:\d+:\d+ timeout_seconds: /),
      expect.stringMatching(/config\.yaml:\d+:\d+ nam: /),
    ]);
    expect(existsSync(join(root, 'cdktf.out'))).toBe(false);
  });

  test('reports file and line of code that cannot be bundled, and writes nothing', async () => {
    const { code, stderr, root } = await synth(DEMO, { 'collection.ts': 'export const = 1;\n' });

    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: 'pipelines/waves/collection.ts:1:14: Expected identifier but found "="\n',
    });
    expect(existsSync(join(root, 'cdktf.out'))).toBe(false);
  });

  test('[N25] reports code that does not fit together by file and line, and writes nothing', async () => {
    const { code, stderr, root } = await synth(DEMO, {
      'app.ts': 'export const handlr = () => undefined;\n',
      'historic.ts': 'export const handler = () => undefined;\n',
    });

    expect({ code, lines: stderr.trim().split('\n') }).toEqual({
      code: 1,
      lines: [
        expect.stringMatching(/^pipelines\/waves\/app\.ts:1:1 exports no handler/),
        expect.stringMatching(/^pipelines\/waves\/historic\.ts:1:1 historic\.ts has nothing/),
      ],
    });
    expect(existsSync(join(root, 'cdktf.out'))).toBe(false);
  });

  test('[N25] reports where parseMessage fails, and writes nothing', async () => {
    const { code, stderr, root } = await synth(DEMO, {
      'app.ts': `import { granuleHandler } from '../../lambdas/granule-handler.js';
export const handler = granuleHandler({
  collectionId: 'waves',
  parseMessage: (message) => ({ href: (message as { body: { key: string } }).body.key.trim() }),
  createItem: () => Promise.reject(new Error('none')),
});
`,
    });

    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(
        /^pipelines\/waves\/app\.ts:4:\d+ parseMessage throws a TypeError \(Cannot read .* for the message \{"type":"custom","body":\{\}\}: it must skip /,
      ) as unknown,
    });
    expect(existsSync(join(root, 'cdktf.out'))).toBe(false);
  });
});
