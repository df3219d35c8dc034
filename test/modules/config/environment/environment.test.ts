import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readProject } from '../../../../modules/config/project.js';
import { INVENTORY, yamlOf } from '../../../support/stacks/config-folder.js';
import {
  problemsIn,
  projectFolder,
  type ProjectFiles,
} from '../../../support/stacks/project-folder.js';

const BARE = 'id: waves\ncompute: awslambda\n';
const GIVEN = `ingestor_url: https://dev.example.com
secret_arn: arn:aws:secretsmanager:eu-west-1:123456789012:secret:dev-AbCdEf
`;

const LOCAL = { PROJECT: 'dev', LOCAL_STATE: '1' };

function read(files: ProjectFiles, env: object = LOCAL) {
  return readProject({ root: projectFolder(files), env: { ...env } }).pipelines;
}

function problems(files: ProjectFiles, env: object = LOCAL): readonly string[] {
  const root = projectFolder(files);
  return problemsIn(root, () => readProject({ root, env: { ...env } }));
}

/** The problems of an environment beside a complete pipeline. */
function faults(environment: string): readonly string[] {
  return problems({
    pipelines: { waves: yamlOf({}) },
    environments: { 'dev.yaml': environment },
  });
}

describe('an environment', () => {
  test('gives keys that config.yaml lacks', () => {
    const [config] = read({ pipelines: { waves: BARE }, environments: { 'dev.yaml': GIVEN } });

    expect(config).toMatchObject({ ingestor_url: 'https://dev.example.com', region: 'eu-west-1' });
  });

  test('takes precedence over config.yaml, and its entry for a pipeline over both', () => {
    const [tides, waves] = read({
      pipelines: {
        waves: yamlOf({ memory_mb: '256', timeout_seconds: '70', max_concurrency: '3' }),
        tides: yamlOf({ memory_mb: '256' }).replace('waves', 'tides'),
      },
      environments: {
        'dev.yaml':
          'memory_mb: 1024\ntimeout_seconds: 80\npipelines:\n  waves: { memory_mb: 2048, dashboard: false }\n',
      },
    });

    expect(waves).toMatchObject({
      memory_mb: 2048,
      timeout_seconds: 80,
      max_concurrency: 3,
      dashboard: false,
    });
    expect(tides).toMatchObject({ memory_mb: 1024, dashboard: true });
  });

  test('is that of PROJECT alone; without a file config.yaml counts', () => {
    const files = {
      pipelines: { waves: yamlOf({ memory_mb: '256' }) },
      environments: { 'dev.yaml': 'memory_mb: 1024\n', 'prod.yaml': 'memory_mb: 3000\n' },
    };
    const memory = (PROJECT: string) => read(files, { ...LOCAL, PROJECT })[0]?.memory_mb;

    expect(['dev', 'prod', 'other'].map(memory)).toEqual([1024, 3000, 256]);
  });

  test('merges tags by key, without regard to case; lists and other mappings replace', () => {
    const [config] = read({
      pipelines: {
        waves: yamlOf({
          tags: '{ owner: sea, Cost: "1", Stage: none }',
          source: '[s3://aaa/, s3://bbb/]',
          sns: 'arn:aws:sns:us-west-2:123456789012:new',
          sns_filter_policy: '{ a: [u], b: [v] }',
        }),
      },
      environments: {
        'dev.yaml':
          'tags: { Owner: land, Stage: dev }\npipelines:\n  waves:\n    tags: { Stage: try }\n    source: [s3://ccc/]\n    sns_filter_policy: { a: [w] }\n',
      },
    });

    expect(config).toMatchObject({
      tags: { Owner: 'land', Cost: '1', Stage: 'try' },
      source: ['s3://ccc/'],
      sns_filter_policy: { a: ['w'] },
    });
    expect(config?.tags).not.toHaveProperty('owner');
  });

  test('gives numbers to the pipelines that they have an effect on', () => {
    const [plain, stored] = read({
      pipelines: {
        waves: yamlOf({}),
        winds: yamlOf(INVENTORY).replace('waves', 'winds'),
      },
      environments: {
        'dev.yaml':
          'max_queue_depth: 500\nhistoric_frequency: 0\nverify_tries: 5\ngranule_seconds: 9\n',
      },
    });

    expect(plain).toMatchObject({ max_queue_depth: 100_000, verify_tries: 5, granule_seconds: 20 });
    expect(plain).not.toHaveProperty('historic_frequency');
    expect(stored).toMatchObject({ max_queue_depth: 500, historic_frequency: 0 });
  });

  test('gives no verify_tries to a pipeline that verifies nothing', () => {
    const [config] = read({
      pipelines: { waves: yamlOf({ verify_ingestion: 'false' }) },
      environments: { 'dev.yaml': 'verify_tries: 5\n' },
    });

    expect(config?.verify_tries).toBe(3);
  });
});

describe('a problem of an environment', () => {
  test.each([
    [
      'is empty',
      '',
      '1:1 is empty: add the keys that differ in this environment, or delete the file',
    ],
    [
      'has only comments',
      '# later\n',
      '1:1 is empty: add the keys that differ in this environment, or delete the file',
    ],
    ['is a list', '- memory_mb\n', '1:1 must be lines of "key: value", not a list'],
    [
      'is not YAML',
      'memory_mb: 5: 6\n',
      expect.stringMatching(/^1:\d+ memory_mb: contains ": " in its value/),
    ],
    [
      'gives a key twice',
      'memory_mb: 512\nmemory_mb: 1024\n',
      '2:1 memory_mb: is given twice: keep one of them',
    ],
    [
      'has a value of a wrong type',
      '\nmemory_mb: much\n',
      '2:12 memory_mb: must be a whole number of megabytes from 128 to 10240 (given much)',
    ],
    [
      'has a value of a wrong type for one pipeline',
      'pipelines:\n  waves:\n    sns: queue\n',
      '3:10 sns: must be an ARN: arn:partition:service:region:account:resource (given queue)',
    ],
    [
      'has no value',
      'region:\n',
      '1:8 region: has no value: add one after the colon, or leave the key out',
    ],
    [
      'has an unknown key',
      'ingestr_url: https://a.example.com\n',
      '1:1 ingestr_url: is not a key of an environment; did you mean ingestor_url?',
    ],
    [
      'has an unknown key for one pipeline',
      'pipelines:\n  waves:\n    memori_mb: 512\n',
      '3:5 memori_mb: is not a key of an environment; did you mean memory_mb?',
    ],
    [
      'names an unknown pipeline',
      'pipelines:\n  wavs:\n    memory_mb: 512\n',
      '2:3 pipelines.wavs: is not a pipeline; did you mean waves? (known: waves)',
    ],
    [
      'has no pipelines',
      'pipelines:\n',
      '1:1 pipelines: has no value: add one below it, or leave the key out',
    ],
    [
      'has nothing for a pipeline',
      'pipelines:\n  waves:\n',
      '2:3 pipelines.waves: has no value: add one below it, or leave the key out',
    ],
    [
      'lists pipelines',
      'pipelines: [waves]\n',
      '1:1 pipelines: must be a mapping of pipelines to their values',
    ],
    [
      'gives a key for all pipelines that belongs to one',
      'sns: arn:aws:sns:us-west-2:123456789012:new\n',
      '1:1 sns: cannot be given for all pipelines: move it below pipelines and the name of its pipeline',
    ],
    ['has an id', 'id: waves\n', '1:1 id: can only stand in config.yaml'],
    [
      'has a compute for one pipeline',
      'pipelines: { waves: { compute: awslambda } }\n',
      '1:23 compute: can only stand in config.yaml',
    ],
    [
      'has a pipeline at the left',
      'waves: { memory_mb: 512 }\n',
      '1:1 waves: is a pipeline: move it below pipelines',
    ],
    [
      'has a key among the pipelines',
      'pipelines: { memory_mb: 512 }\n',
      '1:14 pipelines.memory_mb: is a key of a pipeline: move it below the name of its pipeline',
    ],
    [
      'has an indented key',
      'tags:\n  Stage: dev\n  memory_mb: 5\n',
      '3:3 memory_mb: stands under tags: move it to the left',
    ],
    [
      'has an alias',
      'tags: &t { A: b }\npipelines: { waves: { tags: *t } }\n',
      '2:29 uses the alias *t; aliases are not supported: repeat the value',
    ],
  ])('that %s names its file and line', (_, yaml, problem) => {
    const found = faults(yaml).map((line) => line.replace('environments/dev.yaml:', ''));

    expect(found).toEqual([problem]);
  });

  test('is reported once for all pipelines, and together with those of config.yaml', () => {
    expect(
      problems({
        pipelines: { waves: yamlOf({ batch_size: '0' }), tides: yamlOf({ id: 'tides' }) },
        environments: { 'dev.yaml': 'memory_mb: 1\ntags: { "aws:a": b }\n' },
      }),
    ).toEqual([
      expect.stringMatching(/^environments\/dev\.yaml:1:12 memory_mb: must be/),
      expect.stringMatching(/^environments\/dev\.yaml:2:7 tags: must not set the tag "aws:a"/),
      expect.stringMatching(/^pipelines\/waves\/config\.yaml:5:13 batch_size: must be/),
    ]);
  });

  test('hides no wrong value of config.yaml that it overrides', () => {
    expect(
      problems({
        pipelines: { waves: yamlOf({ memory_mb: 'much' }) },
        environments: { 'dev.yaml': 'memory_mb: 512\n' },
      }),
    ).toEqual([expect.stringMatching(/^pipelines\/waves\/config\.yaml:5:12 memory_mb: must be/)]);
  });

  test('does not make keys missing that it would give', () => {
    const [first, ...others] = problems({
      pipelines: { waves: BARE },
      environments: { 'dev.yaml': `${GIVEN}tags: [\n` },
    });

    expect(first).toMatch(/^environments\/dev\.yaml:\d+:\d+ /);
    expect(others).toEqual([]);
  });

  test('between keys of two files names both', () => {
    expect(
      problems({
        pipelines: { waves: yamlOf({ sns: 'arn:aws:sns:us-west-2:123456789012:new' }) },
        environments: { 'dev.yaml': '\nregion: us-gov-west-1\n' },
      }),
    ).toEqual([
      'pipelines/waves/config.yaml:5:6 sns: must be in the partition aws-us-gov, where us-gov-west-1 is, not in aws (given arn:aws:sns:us-west-2:123456789012:new); region stands in environments/dev.yaml:2',
      'environments/dev.yaml:2:9 region: must be in the partition aws, where us-west-2 is, not in aws-us-gov (given us-gov-west-1); secret_arn stands in pipelines/waves/config.yaml:4',
    ]);
  });
});

describe('a key that is missing', () => {
  test('is missing from the environment, too', () => {
    expect(
      problems({ pipelines: { waves: BARE }, environments: { 'dev.yaml': 'memory_mb: 512\n' } }),
    ).toEqual([
      'pipelines/waves/config.yaml:1:1 ingestor_url: is missing: the URL of the ingestor API that Items are posted to (nor does environments/dev.yaml have it)',
      expect.stringMatching(
        /secret_arn: is missing: .* \(nor does environments\/dev\.yaml have it\)$/,
      ),
    ]);
  });

  test('says so if PROJECT has no environment', () => {
    expect(
      problems(
        { pipelines: { waves: BARE }, environments: { 'dev.yaml': GIVEN } },
        { ...LOCAL, PROJECT: 'dve' },
      ),
    ).toEqual([
      expect.stringMatching(
        /ingestor_url: .* \(nor is there environments\/dve\.yaml, which could have it\)$/,
      ),
      expect.stringMatching(
        /secret_arn: .* \(nor is there environments\/dve\.yaml, which could have it\)$/,
      ),
    ]);
  });

  test('is not reported if PROJECT is not set', () => {
    const files = { pipelines: { waves: BARE }, environments: { 'dev.yaml': GIVEN } };

    expect(problems(files, { LOCAL_STATE: '1' })).toEqual([
      expect.stringMatching(/^PROJECT is not set/),
    ]);
  });
});

describe('the name of a file', () => {
  test.each([
    [
      'Dev.yaml',
      /^environments\/Dev\.yaml is the file of no environment: its name is that of PROJECT, and PROJECT must be a lowercase letter.*Rename it$/,
    ],
    ['my_env.yaml', /^environments\/my_env\.yaml is the file of no environment/],
    ['dev.yml', /^environments\/dev\.yml must be called dev\.yaml$/],
    ['dev.YAML', /^environments\/dev\.YAML must be called dev\.yaml$/],
  ])('%s is refused, because no PROJECT would read it', (name, problem) => {
    const files = {
      pipelines: { waves: yamlOf({}) },
      environments: { [name]: 'memory_mb: 512\n' },
    };

    expect(problems(files)).toEqual([expect.stringMatching(problem)]);
  });

  test('may be that of another file', () => {
    const environments = { 'README.md': 'text', '.dev.yaml.swp': 'text', '.dev.yaml': 'text' };

    expect(problems({ pipelines: { waves: yamlOf({}) }, environments })).toEqual([]);
  });
});

test('an entry for a pipeline whose folder is gone is a problem', () => {
  const root = projectFolder({
    pipelines: { waves: yamlOf({}), tides: yamlOf({ id: 'tides' }) },
    environments: { 'dev.yaml': 'pipelines: { tides: { memory_mb: 512 } }\n' },
  });
  rmSync(join(root, 'pipelines/tides'), { recursive: true });

  expect(problemsIn(root, () => readProject({ root, env: LOCAL }))).toEqual([
    'environments/dev.yaml:1:14 pipelines.tides: is not a pipeline (known: waves)',
  ]);
});
