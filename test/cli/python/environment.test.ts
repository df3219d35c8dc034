import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { pythonInterpreter } from '../../../cli/python/environment.js';
import { addPrograms, fakeProject, type FakeProject } from '../../support/cli/fake-python.js';

const WAVES = { id: 'waves', folder: 'pipelines/waves' };
const LOCK = 'six==1.16.0 --hash=sha256:0\n';
const [home, environment] = [process.cwd(), process.env];

let project: FakeProject;
let printed: string[];

beforeEach(() => {
  project = fakeProject(LOCK);
  printed = [];
  process.env = { PATH: project.bin, LOG: project.log };
  process.chdir(project.folder);
});

afterEach(() => {
  process.chdir(home);
  process.env = environment;
  rmSync(project.folder, { recursive: true });
});

const interpreter = (): Promise<string> =>
  pythonInterpreter(WAVES, { print: (sentence) => printed.push(sentence) });
const calls = (): string[] =>
  existsSync(project.log) ? readFileSync(project.log, 'utf8').trim().split('\n') : [];

describe('the Python environment of a pipeline', () => {
  test('is made with uv from the lock, once', async () => {
    addPrograms(project, ['python3.11', 'uv']);

    const path = await interpreter();

    expect(path).toMatch(/\/\.python\/waves-[0-9a-f]{16}\/bin\/python$/);
    expect(existsSync(path)).toBe(true);
    expect(calls()).toEqual([
      expect.stringMatching(/^uv venv --quiet --python python3.11 \.python\/waves-\w+\.\d+-\d+$/),
      expect.stringMatching(
        /^uv pip sync --quiet --python \S+ --require-hashes --only-binary :all: --compile-bytecode pipelines\/waves\/requirements.txt$/,
      ),
    ]);
    expect(printed).toEqual([
      expect.stringMatching(
        /^waves: installing the packages of pipelines\/waves\/requirements.txt into \.python\/waves-\w+, once$/,
      ),
    ]);
    expect(await interpreter()).toBe(path);
    expect([calls().length, printed.length]).toEqual([2, 1]);
  });

  test('is made with venv and pip where there is no uv, with a sentence that uv is faster', async () => {
    addPrograms(project, ['python3.12']);

    await interpreter();

    expect(calls()).toEqual([
      expect.stringMatching(/^python -m venv \.python\/waves-/),
      expect.stringMatching(
        /^python-in-venv -m pip install --quiet --no-deps --require-hashes --only-binary :all: -r pipelines/,
      ),
    ]);
    expect(printed.join()).toMatch(/once with pip, which takes a while; with uv it is faster$/);
  });

  test('has the Python of the image if that is there, and is another one for another image', async () => {
    addPrograms(project, ['python3.11', 'python3.12', 'uv']);
    const standard = await interpreter();
    process.env['PYTHON_IMAGE'] = 'registry.example.com/library/python:3.11.9-slim@sha256:0';
    const older = await interpreter();
    process.env['PYTHON_IMAGE'] = 'registry.example.com/python:3.14';
    await interpreter();

    const made = calls().flatMap((line) => /--python (python\S+)/.exec(line)?.[1] ?? []);
    expect(made).toEqual(['python3.12', 'python3.11', 'python3.11']);
    expect(older).not.toBe(standard);
  });

  test('is another one for another lock', async () => {
    addPrograms(project, ['python3.11', 'uv']);
    const before = await interpreter();
    writeFileSync('pipelines/waves/requirements.txt', 'six==1.17.0 --hash=sha256:0\n');

    expect(await interpreter()).not.toBe(before);
    expect(existsSync(before)).toBe(true);
  });

  test('is taken from nowhere if there is no Python', async () => {
    addPrograms(project, ['uv']);

    await expect(interpreter()).rejects.toThrow(
      /^waves needs Python 3.11 or later, and none of python3.11, .* on the PATH is: install/,
    );
  });

  test('is not there if the packages cannot be installed, and the reason is one line', async () => {
    addPrograms(project, ['python3.11', 'uv']);
    process.env['UV_FAILS'] = 'the hash of six differs';

    await expect(interpreter()).rejects.toThrow(
      'the packages of pipelines/waves/requirements.txt cannot be installed: the hash of six differs',
    );
    expect(readdirSync('.python')).toEqual([]);
    delete process.env['UV_FAILS'];
    expect(existsSync(await interpreter())).toBe(true);
  });

  test('is made again if it was interrupted, or its Python is gone', async () => {
    addPrograms(project, ['python3.11', 'uv']);
    const path = await interpreter();
    const [name = ''] = readdirSync('.python');
    rmSync(path);

    await interpreter();
    expect(existsSync(path)).toBe(true);
    rmSync(join('.python', name, 'complete'));
    await interpreter();
    expect(calls()).toHaveLength(6);
  });

  test('removes what a process that crashed has left, but nothing of one that is running', async () => {
    addPrograms(project, ['python3.11', 'uv']);
    const [name = ''] = [(await interpreter()).split('/').at(-3)];
    rmSync(join('.python', name), { recursive: true });
    for (const pid of [2 ** 22 + 1, 1]) mkdirSync(join('.python', `${name}.${pid}-1`));

    await interpreter();

    expect(readdirSync('.python').sort()).toEqual([name, `${name}.1-1`]);
  });

  test('is there once if two calls make it at once', async () => {
    addPrograms(project, ['python3.11', 'uv']);
    const [one, other] = [interpreter(), interpreter()];
    const paths = await Promise.all([one, other]);

    expect(paths[0]).toBe(paths[1]);
    expect(readdirSync('.python')).toHaveLength(1);
  });

  test('needs a lock', async () => {
    rmSync('pipelines/waves/requirements.txt');

    await expect(interpreter()).rejects.toThrow(
      'pipelines/waves/requirements.txt is missing: npm run lock -- waves writes it',
    );
  });
});
