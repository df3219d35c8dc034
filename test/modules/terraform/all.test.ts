import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ConfigError } from '../../../modules/config/values/error.js';
import { moduleFiles } from '../../../modules/terraform/write.js';
import { writeModules } from '../../../modules/terraform/write.js';
import { MODULE_NAMES, MODULES_FOLDER } from '../../../modules/terraform/generate/names.js';
import { TERRAFORM_MODULES } from '../../../modules/terraform/all.js';

const NAMED = TERRAFORM_MODULES.map((module) => [module.name, module] as const);

function filesBelow(folder: string): Record<string, string> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  const files = paths.filter((path) => /\.(json|tf|md)$/.test(path));
  return Object.fromEntries(files.map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
}

describe('the modules in the repository', () => {
  test('are those in MODULE_NAMES', () => {
    expect(TERRAFORM_MODULES.map(({ name }) => name)).toEqual([...MODULE_NAMES]);
    expect(readdirSync(MODULES_FOLDER).sort()).toEqual([...MODULE_NAMES].sort());
  });

  test('are what `npm run modules` writes', () => {
    const folder = mkdtempSync(join(tmpdir(), 'modules-'));

    writeModules(MODULE_NAMES, folder);

    expect(filesBelow(MODULES_FOLDER)).toEqual(filesBelow(folder));
  });
});

describe.each(NAMED)('the module %s', (name, module) => {
  const files = moduleFiles(module);
  const configuration = Object.entries(files)
    .filter(([path]) => path.endsWith('.tf.json'))
    .map(([, text]) => text)
    .join('');

  test('has no provider, no backend and no local path', () => {
    expect(configuration).not.toMatch(/"(provider|backend)": \{/);
    expect(configuration).not.toContain(process.cwd());
    expect(configuration).not.toMatch(/\/\/"|TfToken|cdktf/);
  });

  test('accepts a range of provider versions', () => {
    expect(JSON.parse(files['versions.tf.json'] ?? '')).toMatchObject({
      terraform: {
        required_version: '>= 1.11',
        required_providers: { aws: { version: '>= 5.100.0, < 7.0.0' } },
      },
    });
  });

  test('describes every variable and every output, in its README as well', () => {
    const { variable } = JSON.parse(files['variables.tf.json'] ?? '') as Blocks<'variable'>;
    const { output } = JSON.parse(files['outputs.tf.json'] ?? '') as Blocks<'output'>;
    for (const [id, { description }] of Object.entries({ ...variable, ...output })) {
      expect(description).toMatch(/^[A-Z].*\.$/);
      expect(files['README.md']).toContain(`| \`${id}\` |`);
    }
    expect(Object.values(variable).every(({ type }) => typeof type === 'string')).toBe(true);
  });

  test('has an example that calls it', () => {
    expect(files['examples/basic/main.tf']).toContain('source');
    expect(files['README.md']).toContain(`//${MODULES_FOLDER}/${name}?ref=`);
  });
});

type Blocks<Key extends string> = Readonly<
  Record<Key, Readonly<Record<string, { readonly description: string; readonly type?: string }>>>
>;

test('no variable has a name that Terraform reserves in a module block', () => {
  const reserved = [
    'source',
    'version',
    'providers',
    'count',
    'for_each',
    'depends_on',
    'lifecycle',
    'locals',
  ];
  const names = TERRAFORM_MODULES.flatMap(({ variables }) => Object.keys(variables));

  expect(names.filter((name) => reserved.includes(name))).toEqual([]);
});

test('a folder with other files is never overwritten', () => {
  const folder = mkdtempSync(join(tmpdir(), 'modules-'));
  const own = join(folder, 'alarms', 'main.tf');
  mkdirSync(join(folder, 'alarms'));
  writeFileSync(own, '# mine');

  expect(() => writeModules(['run-on-deploy', 'alarms'], folder)).toThrow(ConfigError);

  expect(readFileSync(own, 'utf8')).toBe('# mine');
  expect(existsSync(join(folder, 'run-on-deploy'))).toBe(false);
});
