import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from '@jest/globals';
import { runCli } from '../../support/cli/run-cli.js';
import { pythonEnvironment, testWithPackages } from '../../support/python-environment.js';

const pipeline = await pythonEnvironment({ id: 'noaa_oisst', folder: 'pipelines/noaa_oisst' });
const validator = await pythonEnvironment({ id: 'rio-cogeo', folder: 'test/fixtures/rio-cogeo' });
const environment = 'missing' in pipeline ? pipeline : validator;

const VALIDATE = `
import json, sys
from rio_cogeo import cog_validate
for path in sys.argv[1:]:
    valid, errors, warnings = cog_validate(path, strict=True, quiet=True)
    print(json.dumps([valid, errors, warnings]))
`;

// Needs pipelines/noaa_oisst.

/** Runs the sample; returns the content of each copy by its path. */
async function copiesOf(out: string): Promise<ReadonlyMap<string, Buffer>> {
  const words = ['noaa_oisst', '--out', out, '--fresh'];
  const { code, stdout, stderr } = await runCli('cli/local.ts', words);
  expect({ code, stdout, stderr }).toMatchObject({ code: 0, stdout: /failed 0/ });
  const folder = join(out, 'outputs');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const copies = files.filter((file) => file.endsWith('.tif')).map((file) => join(folder, file));
  return new Map(copies.sort().map((path) => [path, readFileSync(path)]));
}

testWithPackages(
  environment,
  'the copies of noaa_oisst are valid by rio-cogeo, and another run replaces them by the same bytes',
  async () => {
    const out = mkdtempSync(join(tmpdir(), 'copies-'));
    const first = await copiesOf(out);
    const paths = [...first.keys()];

    expect(paths).toHaveLength(8);
    const python = 'python' in validator ? validator.python : '';
    const { stdout } = await promisify(execFile)(python, ['-c', VALIDATE, ...paths]);
    expect(stdout.trim().split('\n')).toEqual(paths.map(() => '[true, [], []]'));

    writeFileSync(paths[0] ?? '', 'what an attempt that failed has left');
    const second = await copiesOf(out);

    expect([...second.keys()]).toEqual(paths);
    for (const [path, bytes] of second) {
      expect({ path, same: first.get(path)?.equals(bytes) }).toEqual({ path, same: true });
    }
  },
);
