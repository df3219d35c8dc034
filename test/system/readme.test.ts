import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { projectRoot } from '../support/cli/project-root.js';
import { runCli } from '../support/cli/run-cli.js';

const PIPELINE = 'drone_surveys';
const TEST = `pipelines/${PIPELINE}/app.test.ts`;
const GRANULE = `pipelines/${PIPELINE}/sample/bucket/2024/harbour`;
const TIMEOUT_MS = 120_000;
const TOOL_MS = 100_000;

/** The code blocks of a page, each after a line that names a file of the pipeline. */
function filesIn(page: string): Record<string, string> {
  const text = readFileSync(page, 'utf8');
  const blocks = text.matchAll(
    /^[^\n]*`(pipelines\/drone_surveys\/[^`\s]+)`[^\n]*\n\n```\w+\n(.*?)^```$/gms,
  );
  return Object.fromEntries([...blocks].map(([, path = '', content = '']) => [path, content]));
}

/** Runs one of the project's tools in the copy. */
function runTool(root: string, args: readonly string[]): { code: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
    timeout: TOOL_MS, // a command that hangs is killed: its code is null
  });
  return { code: status, output: stdout + stderr };
}

describe('the first pipeline in the README', () => {
  let root: string;

  beforeAll(() => {
    root = projectRoot({ ...filesIn('README.md'), ...filesIn('docs/pipelines.md') });
    rmSync(join(root, 'pipelines/waves'), { recursive: true });
    symlinkSync(resolve('test'), join(root, 'test'));
  });

  afterAll(() => {
    rmSync(root, { recursive: true, force: true });
  });

  test('has its five files there', () => {
    expect(Object.keys(filesIn('README.md'))).toEqual([
      `pipelines/${PIPELINE}/config.yaml`,
      `pipelines/${PIPELINE}/app.ts`,
      `pipelines/${PIPELINE}/collection.ts`,
      `pipelines/${PIPELINE}/historic.ts`,
      `${GRANULE}/survey.json`,
    ]);
  });

  test(
    'runs locally: its Item and its Collection are posted, and nothing fails',
    async () => {
      const { code, stdout, stderr } = await runCli('local', [PIPELINE], { cwd: root });

      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toMatch(/^made 1, posted 1\nfailed 0\n/);
      const out = join(root, 'out', PIPELINE);
      expect(JSON.parse(readFileSync(join(out, 'items.ndjson'), 'utf8'))).toMatchObject({
        id: 'harbour-2024-05-01',
        collection: 'drone-surveys',
        bbox: [9.93, 53.53, 9.99, 53.56],
        assets: { image: { href: 's3://drone-surveys/2024/harbour/image.tif' } },
      });
      expect(JSON.parse(readFileSync(join(out, 'collection.json'), 'utf8'))).toMatchObject({
        id: 'drone-surveys',
      });
    },
    TIMEOUT_MS,
  );

  test(
    'makes the Item of a folder with npm run item',
    async () => {
      const { code, stdout } = await runCli('item', [PIPELINE, GRANULE], { cwd: root });

      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ id: 'harbour-2024-05-01' });
    },
    TIMEOUT_MS,
  );

  test(
    'has a valid config.yaml',
    async () => {
      const { code, stderr } = await runCli('check-config', [PIPELINE], { cwd: root });

      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    },
    TIMEOUT_MS,
  );

  test(
    'passes the type checker',
    () => {
      const compilerOptions = { incremental: false, tsBuildInfoFile: null };
      const config = { extends: './tsconfig.json', compilerOptions, include: ['pipelines'] };
      writeFileSync(join(root, 'tsconfig.pipelines.json'), JSON.stringify(config));

      const tsc = resolve('node_modules/typescript/bin/tsc');
      const checked = runTool(root, [tsc, '--project', 'tsconfig.pipelines.json']);

      expect(checked).toEqual({ code: 0, output: '' });
    },
    TIMEOUT_MS,
  );

  describe('and the test in docs/pipelines.md', () => {
    const snippet = filesIn('docs/pipelines.md')[TEST] ?? '';
    const jest = ['--experimental-vm-modules', resolve('node_modules/jest/bin/jest.js')];

    beforeAll(() => {
      copyFileSync('jest.config.js', join(root, 'jest.config.js'));
    });

    afterEach(() => {
      writeFileSync(join(root, TEST), snippet);
    });

    test(
      '[N24] pass and end, in the first run and in the second, which needs no workers',
      () => {
        for (let run = 1; run <= 2; run++) {
          const tested = runTool(root, [...jest, 'pipelines']);

          expect(tested.output).toMatch(/^Tests: +1 passed, 1 total$/m);
          expect(tested.output).not.toContain('did not exit');
          expect(tested.code).toBe(0);
        }
      },
      TIMEOUT_MS,
    );

    test.each([
      ['when an expectation fails', snippet.replace("id: 'pier'", "id: 'other'"), '1 failed'],
      [
        'when the handler is never run',
        snippet.replace(/^ {2}const result = .*$/ms, '});'),
        '1 passed',
      ],
      [
        'when there are two tests, one of which fails',
        `${snippet}\n${snippet.slice(snippet.indexOf('test(')).replace("id: 'pier'", "id: 'other'")}`,
        '1 failed, 1 passed',
      ],
    ])(
      '[N24] end %s, though the ingestor is never closed',
      (_, text, count) => {
        writeFileSync(join(root, TEST), text);

        const tested = runTool(root, [...jest, '--runInBand', 'pipelines']);

        expect(tested.output).toContain(`Tests:       ${count},`);
        expect(tested.output).not.toContain('did not exit');
        expect(tested.code).toBe(count.includes('failed') ? 1 : 0);
      },
      TIMEOUT_MS,
    );
  });
});
