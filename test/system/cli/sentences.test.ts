import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { projectRoot } from '../../support/cli/project-root.js';
import { runCli } from '../../support/cli/run-cli.js';

// Needs pipelines/sentinel1 and pipelines/cop_dem_30.

const TIMEOUT_MS = 120_000;
const EMPTY_ENV = { PROJECT: '', STATE_BUCKET: '', LOCAL_STATE: '' };

const APP = `import { granuleHandler } from '../../lambdas/granule-handler.js';
export const handler = granuleHandler({ collectionId: 'waves', parseMessage: () => undefined, createItem: () => [] });
`;
const COLLECTION = `import { collectionHandler } from '../../lambdas/collection-handler.js';
export const handler = collectionHandler(() => ({ type: 'Collection' }) as never);
`;

let root: string;

beforeAll(() => {
  root = projectRoot({
    'pipelines/waves/app.ts': APP,
    'pipelines/waves/collection.ts': COLLECTION,
    'pipelines/bare/config.yaml': '',
    'pipelines/mute/app.ts': APP,
    'pipelines/mute/collection.ts': 'export const handler = () => undefined;\n',
  });
});

afterAll(() => {
  rmSync(root, { recursive: true });
});

/** One sentence on stderr, without a stack, and nothing on stdout. */
async function expectSentence(
  [command, ...args]: readonly [string, ...string[]],
  { code, sentence }: { readonly code: number; readonly sentence: string | RegExp },
): Promise<void> {
  const result = await runCli(command, args, { cwd: root, env: EMPTY_ENV });

  expect(result.stderr).toMatch(sentence);
  expect(result.stderr).not.toMatch(/^\s+at /m);
  expect(result).toMatchObject({ code, stdout: '' });
}

describe('[N29] in one sentence', () => {
  test.each<[string, readonly [string, ...string[]], number, RegExp]>([
    [
      'collection without collection.ts',
      ['collection', 'bare'],
      1,
      /^pipelines\/bare\/collection\.ts is missing: it must contain 'export const handler = collectionHandler\(createCollection\)'\n$/,
    ],
    [
      'collection whose file exports another handler',
      ['collection', 'mute'],
      1,
      /^pipelines\/mute\/collection\.ts exports another kind of handler: it must contain 'export const handler = collectionHandler/,
    ],
    [
      'status of something local',
      ['status', 'waves', '--local'],
      2,
      /^status: status shows deployed pipelines: .*"npm run backfill -- waves status --local --inventory <path>".* out\/waves\./,
    ],
    [
      'a local backfill without an inventory',
      ['backfill', 'waves', 'status', '--local'],
      2,
      /^backfill: --local requires --inventory <path>: pass the S3 Inventory folder or the listing/,
    ],
    [
      'report of a missing file',
      ['report', 'drift', 'nowhere.md', '--code', '2'],
      1,
      /^report: nowhere\.md cannot be read: it does not exist\n$/,
    ],
    [
      'report outside of a workflow',
      ['report', 'drift', 'pipelines/waves/app.ts', '--code', '2'],
      1,
      /^report: GITHUB_REPOSITORY and GITHUB_TOKEN not set: GitHub workflows set them\n$/,
    ],
    [
      'report without a command',
      ['report'],
      2,
      /^report: missing command \(known: comment, drift, reconcile, approval\)\. Run/,
    ],
    [
      'modules below a file',
      ['modules', '--out', 'package.json/x'],
      1,
      /package\.json\/x cannot be written: a part of the path is a file, not a folder\n$/,
    ],
    [
      'affected outside of a repository',
      ['affected', '--base', 'main'],
      2,
      /^affected: .* is not a git repository\. Run/,
    ],
  ])(
    '%s',
    async (...[, words, code, sentence]) => {
      await expectSentence(words, { code, sentence });
    },
    TIMEOUT_MS,
  );

  test(
    'item without an href on stdin',
    () => {
      const args = ['--no-warnings', '--import', 'tsx', 'cli/item.ts', 'cop_dem_30', '-'];

      const { status, stderr } = spawnSync(process.execPath, args, {
        input: '\n',
        encoding: 'utf8',
      });

      expect(stderr).toMatch(/^item: stdin contains no href: write one per line\. Run/);
      expect(status).toBe(2);
    },
    TIMEOUT_MS,
  );
});

describe('[N29] a sample', () => {
  const sample = (name: string, content = ''): void => {
    const path = join(root, 'pipelines/waves/sample', name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, content);
  };

  test(
    'without messages.ndjson and historic.ts says what to write, and an empty messages.ndjson likewise',
    async () => {
      sample('bucket/a.json');
      await expectSentence(['local', 'waves'], {
        code: 2,
        sentence:
          /^local: the sample of waves has no messages: .* into pipelines\/waves\/sample\/messages\.ndjson, or pass --granules/,
      });

      sample('messages.ndjson', '\n');
      await expectSentence(['local', 'waves'], {
        code: 1,
        sentence: /^--messages 'pipelines\/waves\/sample\/messages\.ndjson' contains no message: /,
      });
    },
    TIMEOUT_MS,
  );
});

describe('[N29] without the environment of a deployment', () => {
  test.each<[string, ...string[]]>([
    ['cdktf', 'synth'],
    ['cdktf', 'deploy', 'sentinel1'],
    ['cdktf', 'deploy', 'bootstrap'],
    ['status'],
    ['redrive'],
    ['backfill'],
    ['plan'],
    ['deployer-policy'],
  ])(
    '%j --help explains the command',
    async (...[command, ...args]) => {
      const { code, stdout, stderr } = await runCli(command, [...args, '--help'], {
        env: EMPTY_ENV,
      });

      const script = args[1] === 'bootstrap' ? 'bootstrap' : (args[0] ?? command);
      expect(stdout).toMatch(new RegExp(`^Usage: npm run ${script} -- `));
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    },
    TIMEOUT_MS,
  );
});

describe('[N29] PIPELINE=typo npm test', () => {
  const listTests = (pipeline: string) =>
    spawnSync(
      process.execPath,
      ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', '--listTests'],
      {
        encoding: 'utf8',
        env: { PATH: process.env['PATH'], PIPELINE: pipeline, NODE_NO_WARNINGS: '1' },
      },
    );

  test.each(['typo', '*', 'sentinel1/', '..'])(
    'with %s lists the known pipelines',
    (pipeline) => {
      const { status, stdout, stderr } = listTests(pipeline);

      expect(stderr).toMatch(
        /^npm test: unknown pipeline ".*" in PIPELINE \(known: .*sentinel1.*\)\n$/,
      );
      expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    },
    TIMEOUT_MS,
  );

  test(
    'with a known one runs its tests and those for every pipeline',
    () => {
      const files = listTests('sentinel1').stdout.trim().split('\n');

      expect(files.some((file) => file.endsWith('pipelines/sentinel1/item.test.ts'))).toBe(true);
      expect(files.some((file) => file.endsWith('test/pipelines/every-pipeline.test.ts'))).toBe(
        true,
      );
      expect(files.filter((file) => file.includes('cop_dem_30'))).toEqual([]);
    },
    TIMEOUT_MS,
  );
});

describe('[N29] a reader that closes the pipe', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pipe-'));
  const listing = join(folder, 'listing.txt');
  writeFileSync(listing, 'Copernicus_DSM_COG_10_N53_00_W115_00_DEM\n'.repeat(50));

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  /** Runs a command in bash; returns the exit code of the command and what it wrote to stderr. */
  function piped(command: string, reader: string, env: Readonly<Record<string, string>> = {}) {
    const script = `"$0" --no-warnings --import tsx ${command} | ${reader}; echo "code \${PIPESTATUS[0]}"`;
    const { stdout, stderr } = spawnSync('bash', ['-c', script, process.execPath], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], HOME: folder, AWS_EC2_METADATA_DISABLED: 'true', ...env },
    });
    return { stderr, code: /code (\d+)/.exec(stdout)?.[1] };
  }

  test.each([
    `cli/backfill.ts cop_dem_30 dry-run --local --inventory ${listing}`,
    `cli/backfill.ts cop_dem_30 start --local --inventory ${listing} --out ${folder}/out`,
    'cli/backfill.ts --help',
    'cli/collection.ts sentinel1',
    'cli/affected.ts --all',
    'cli/redrive.ts --help',
    'test/bench/bench.ts --help',
  ])(
    'ends %s quietly',
    (command) => {
      const { stderr, code } = piped(command, 'true');

      // affected says which pipelines have deploy: false.
      expect({ stderr: stderr.replace(/^affected: left out, .*\n/, ''), code }).toEqual({
        stderr: '',
        code: '0',
      });
    },
    TIMEOUT_MS,
  );

  test(
    'does not stop cdktf halfway',
    () => {
      const env = { PROJECT: 'demo', LOCAL_STATE: '1', CHECKPOINT_DISABLE: '1' };

      expect(piped('cli/cdktf.ts list', 'true', env)).toEqual({ stderr: '', code: '0' });
    },
    TIMEOUT_MS,
  );

  test(
    'of stderr too leaves the exit code of the failure',
    () => {
      expect(piped('cli/item.ts typo 2>&1', 'true').code).toBe('2');
    },
    TIMEOUT_MS,
  );

  test(
    'is not the same as a full disk, which is reported',
    () => {
      const args = ['--no-warnings', '--import', 'tsx', 'cli/collection.ts', 'sentinel1'];
      const command = `exec "$0" ${args.join(' ')} > /dev/full`;

      const { status, stderr } = spawnSync('bash', ['-c', command, process.execPath], {
        encoding: 'utf8',
      });

      expect({ status, stderr }).toEqual({
        status: 1,
        stderr: 'the output cannot be written: the disk is full\n',
      });
    },
    TIMEOUT_MS,
  );
});

test(
  '[N29] npm run synth prints one frame without a terminal',
  async () => {
    const env = { LOCAL_STATE: '1', CHECKPOINT_DISABLE: '1', HOME: tmpdir() };

    const { code, stdout, stderr } = await runCli('cdktf', ['synth'], { env });

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.match(/Generated Terraform code/g)).toHaveLength(1);
    expect(stdout.trim()).toMatch(/^Generated Terraform code for the stacks: [^]*sentinel1$/m);
  },
  TIMEOUT_MS,
);
