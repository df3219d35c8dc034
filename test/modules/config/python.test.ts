import { describe, expect, test } from '@jest/globals';
import {
  INVENTORY,
  PYTHON,
  configOf,
  faultsOf,
  problemsOf,
  yamlOf,
} from '../../support/stacks/config-folder.js';

const FILES = ['requirements.in', 'requirements.txt', 'collection.json'];

function python(fields: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  return Object.assign({}, PYTHON, fields);
}

describe('a pipeline in Python', () => {
  test('has defaults, and more memory than one in TypeScript', () => {
    expect(configOf(python())).toMatchObject({
      python_function: 'stactools.waves.stac:create_item',
      python_arguments: {},
      granule_pattern: '\\.nc$',
      granule_input: 'file',
      permanent_errors: [],
      granule_seconds: 20,
      output_argument: 'output',
      scratch_mb: 512,
      architecture: 'arm64',
      memory_mb: 1024,
    });
    expect(configOf({}).memory_mb).toBe(512);
    expect(configOf(python({ memory_mb: '2048' })).memory_mb).toBe(2048);
  });

  test('takes every key', () => {
    const fields = {
      python_function: 'create_item.py',
      python_arguments:
        '{ region: conus, source: aws, use_usgs_geometry: false, level: [1, null] }',
      granule_input: 'href',
      permanent_errors: '[ValueError, rasterio.errors.RasterioIOError]',
      granule_seconds: '29',
      outputs: 's3://waves-cogs/v1/',
      output_argument: 'cog_directory',
      scratch_mb: '10240',
      architecture: 'x86_64',
    };

    expect(configOf(python(fields))).toMatchObject({
      python_function: 'create_item.py',
      python_arguments: {
        region: 'conus',
        source: 'aws',
        use_usgs_geometry: false,
        level: [1, null],
      },
      granule_input: 'href',
      permanent_errors: ['ValueError', 'rasterio.errors.RasterioIOError'],
      granule_seconds: 29,
      outputs: 's3://waves-cogs/v1',
      output_argument: 'cog_directory',
      scratch_mb: 10_240,
      architecture: 'x86_64',
    });
  });

  test.each([
    ['python_arguments', '{ a: 1 }'],
    ['granule_pattern', "'[.]nc$'"],
    ['granule_input', 'href'],
    ['permanent_errors', '[ValueError]'],
    ['granule_seconds', '5'],
    ['scratch_mb', '600'],
    ['architecture', 'x86_64'],
  ])('has %s, and one in TypeScript has not', (key, value) => {
    const [fault = '', ...others] = faultsOf({ source: '[s3://waves/]', [key]: value });

    expect(fault).toMatch(`${key}: needs python_function: only a pipeline in Python has it`);
    expect(others).toEqual([]);
  });

  test('needs source with granule_pattern, because keys are those of a bucket', () => {
    const { python_function = '', granule_pattern = '' } = PYTHON;

    expect(faultsOf({ python_function, granule_pattern })).toEqual([
      'granule_pattern: needs source: its first bucket is the one of the keys (given \\.nc$)',
    ]);
  });

  test('may have outputs, and so may one in TypeScript', () => {
    expect(configOf({ outputs: 's3://waves-cogs' }).outputs).toBe('s3://waves-cogs');
    expect(faultsOf(python({ output_argument: 'out' }))).toEqual([
      'output_argument: needs outputs: without it there is no folder to pass (given out)',
    ]);
    expect(faultsOf({ outputs: 'waves-cogs' })).toEqual([
      'outputs: must be an S3 location: s3://bucket/prefix (given waves-cogs)',
    ]);
  });

  test('reports every fault at once, each with its place', () => {
    const yaml = yamlOf({
      python_function: 'stactools.waves.create_item',
      python_arguments: '{ a b: 1, size: .inf }',
      granule_pattern: "'(?<name>x)'",
      permanent_errors: '[ValueError, "not a name"]',
      granule_seconds: '30',
      output_argument: 'cog-folder',
    });

    expect(problemsOf(yaml, ['create_item.py'])).toEqual([
      '1:1 requirements.in: is missing from the folder: it names the Python packages, one per line',
      '1:1 requirements.txt: is missing from the folder: npm run lock -- waves writes it from requirements.in',
      '1:1 collection.json: is missing from the folder: npm run collection -- waves --from package.module:function writes it, or collection.ts creates the Collection',
      '5:18 python_function: must be create_item.py or package.module:function: a colon stands before the function, as in stactools.waves:create_item (given stactools.waves.create_item)',
      '6:21 python_arguments: has the name "a b", which no argument of Python can have',
      '6:29 python_arguments: has the number Infinity, which JSON cannot express',
      '7:18 granule_pattern: must do without (?<: Athena or the local engine does not know it; groups are (, (?: or (?<id> (given (?<name>x))',
      '8:32 permanent_errors.1: must be the name of a Python class, such as ValueError or rasterio.errors.RasterioIOError (given not a name)',
      '9:18 granule_seconds: must be less than half of timeout_seconds, which is 60 (given 30)',
      '10:18 output_argument: must be the name of an argument: letters, digits and _, not a digit first (given cog-folder)',
    ]);
  });
});

describe('python_function', () => {
  test.each(['create_item.py', 'a:b', 'stactools.noaa_hrrr.stac:create_item'])(
    'may be %s',
    (name) => {
      expect(configOf(python({ python_function: name })).python_function).toBe(name);
    },
  );

  test.each([
    ['item.py', ': the file of a pipeline is called create_item.py'],
    ['a.b.c', ': a colon stands before the function, as in a.b:c'],
    ['"a.b:"', ''],
    ['"a.b:c.d"', ''],
    ['"a-b:c"', ''],
    ['"a:b:c"', ''],
    ['create_item', ''],
  ])('cannot be %s', (name, advice) => {
    expect(faultsOf(python({ python_function: name }))).toEqual([
      `python_function: must be create_item.py or package.module:function${advice} (given ${name.replaceAll('"', '')})`,
    ]);
  });

  test('names a file that has to be in the folder', () => {
    const yaml = yamlOf(python({ python_function: 'create_item.py' }));

    expect(problemsOf(yaml, FILES)).toEqual([
      '5:18 python_function: create_item.py is missing from the folder',
    ]);
    expect(problemsOf(yaml, [...FILES, 'create_item.py'])).toEqual([]);
  });
});

describe('python_arguments', () => {
  test.each([
    ['{ version: 1.10 }', 'has the value 1.10, which YAML reads as the number 1.1'],
    ['{ mode: on }', 'has the value on, which YAML may read as true or false'],
    ['\n  mode:', 'has an argument without a value, which YAML reads as null: write null'],
  ])('%j is refused, because it may mean something else', (value, message) => {
    expect(faultsOf(python({ python_arguments: value }))).toEqual([
      expect.stringContaining(`python_arguments: ${message}`),
    ]);
  });

  test('must not have the argument that takes the folder for outputs', () => {
    const outputs = 's3://waves-cogs';

    expect(faultsOf(python({ outputs, python_arguments: '{ output: here }' }))).toEqual([
      expect.stringMatching(/^python_arguments: must not have output: the framework passes/),
    ]);
    expect(faultsOf(python({ python_arguments: '{ output: here }' }))).toEqual([]);
  });

  test('fit into the variables of a function', () => {
    const text = (length: number) => python({ python_arguments: `{ a: ${'x'.repeat(length)} }` });

    expect(faultsOf(text(1492))).toEqual([]);
    expect(faultsOf(text(1493))).toEqual([
      'python_arguments: must have at most 1500 bytes as JSON, not 1501: a function of Lambda has 4 kB for all of its variables',
    ]);
  });

  test('that stand where keys of config.yaml belong are found', () => {
    const yaml = yamlOf(python({ python_arguments: '\n  region: conus\n  granule_seconds: 5' }));

    expect(problemsOf(yaml)).toEqual([
      '10:3 granule_seconds: stands under python_arguments: move it to the left',
    ]);
  });
});

describe('granule_pattern', () => {
  test.each([
    '\\.nc$',
    '^(?:GRD|SLC)/[^/]+/(\\d{4})/manifest\\.safe$',
    '[\\w.-]+\\b\\.tif{1,2}?',
    '[&a\\[]x',
    '/(?<id>[\\w.-]+)\\.nc$',
  ])('may be %s', (pattern) => {
    expect(configOf(python({ granule_pattern: `'${pattern}'` })).granule_pattern).toBe(pattern);
  });

  test.each([
    ['(', 'must be a regular expression: unterminated group'],
    ['*.nc', 'must be a regular expression: nothing to repeat'],
    ['\\.nc\\Z', 'must be a regular expression: invalid escape'],
    ['a++', 'must be a regular expression: nothing to repeat'],
    ['a(?=b)', 'must do without (?=: Athena or the local engine does not know it'],
    ['(?<!a)b', 'must do without (?<!: Athena or the local engine does not know it'],
    ['(?<a>b)', 'must do without (?<: Athena or the local engine does not know it'],
    ['(?<id>a)|(?<id>b)', 'must be a regular expression: duplicate capture group name'],
    ['(a)\\1', 'must do without \\1: of the escapes'],
    ['\\p{L}', 'must do without \\p: of the escapes'],
    ['[[a]', 'must do without [: Athena reads it as an operator'],
    ['[a&&b]', 'must do without &&: Athena reads it as an operator'],
    ['[\\x41]', 'must do without \\x: of the escapes'],
    ['x'.repeat(257), 'must have at most 256 characters, not 257'],
  ])('cannot be %s', (pattern, message) => {
    expect(faultsOf(python({ granule_pattern: `'${pattern}'` }))).toEqual([
      expect.stringContaining(`granule_pattern: ${message}`),
    ]);
  });

  test('is needed without app.ts, and for a backfill without historic.ts', () => {
    const yaml = yamlOf({ python_function: 'a:b' });
    const backfill = `${yaml}inventory_location: ${INVENTORY['inventory_location'] ?? ''}\nhistoric_frequency: 0\n`;
    const needs = (name: string) =>
      `5:1 python_function: needs granule_pattern: without ${name} it says which keys are granules`;

    expect(problemsOf(yaml, FILES)).toEqual([needs('app.ts')]);
    expect(problemsOf(yaml, [...FILES, 'app.ts'])).toEqual([]);
    expect(problemsOf(backfill, [...FILES, 'app.ts'])).toEqual([needs('historic.ts')]);
    expect(problemsOf(backfill, [...FILES, 'app.ts', 'historic.ts'])).toEqual([]);
  });
});

describe('granule_seconds', () => {
  test('must be less than half of timeout_seconds, also where it is left out', () => {
    expect(faultsOf(python({ granule_seconds: '30', timeout_seconds: '61' }))).toEqual([]);
    expect(faultsOf(python({ granule_seconds: '31', timeout_seconds: '61' }))).toEqual([
      'granule_seconds: must be less than half of timeout_seconds, which is 61 (given 31)',
    ]);
    expect(faultsOf(python({ timeout_seconds: '40' }))).toEqual([
      'timeout_seconds: must be more than twice granule_seconds, which is 20 by default (given 40)',
    ]);
    expect(faultsOf(python({ timeout_seconds: '41' }))).toEqual([]);
    expect(faultsOf({ timeout_seconds: '5' })).toEqual([]);
  });
});

describe('the Collection of a pipeline', () => {
  test.each([[{}], [PYTHON]])('is collection.json or collection.ts, not both', (fields) => {
    const others = ['app.ts', 'requirements.in', 'requirements.txt'];
    const of = (...files: string[]) => problemsOf(yamlOf(fields), [...others, ...files]);

    expect(of('collection.json')).toEqual([]);
    expect(of('collection.ts')).toEqual([]);
    expect(of()).toHaveLength(1);
    expect(of('collection.json', 'collection.ts')).toEqual([
      '1:1 collection.json: is in the folder together with collection.ts: keep one of them',
    ]);
  });
});
