import { describe, expect, test } from '@jest/globals';
import { MAX_RECEIVE_COUNT } from '../lambdas/granule/outcome.js';
import { MAX_RECEIVE_COUNT as OF_THE_QUEUE } from '../modules/constructs/granule-queue.js';
import { environmentReadFrom } from './support/project/environment.js';
import { listFiles, readFiles, type ProjectFile } from './support/project/files.js';
import { addressesOf, resourceOf, synthesize, type Block } from './support/stacks/stack-kit.js';
import { INVENTORY, PYTHON } from './support/stacks/config-folder.js';
import { MATRIX } from './support/stacks/stack-matrix.js';

/** The file that each function of a stack runs. */
const DOORS = {
  app: 'lambdas/granule-handler.ts',
  collection: 'lambdas/collection-handler.ts',
  historic: 'lambdas/historic-handler.ts',
  verify: 'lambdas/verify.ts',
  breaker: 'lambdas/breaker.ts',
};
type Fields = Readonly<Record<string, string>>;
type Role = keyof typeof DOORS;
const ROLES = Object.keys(DOORS) as Role[];

/** Lambda sets these itself. */
const SET_BY_LAMBDA = ['AWS_LAMBDA_FUNCTION_NAME', '_X_AMZN_TRACE_ID'];

/** Local runs set these instead of S3. */
const SET_BY_LOCAL_RUNS = ['OUTPUTS_FOLDER', 'OUTPUTS_HREF'];

const SET_ELSEWHERE = [...SET_BY_LAMBDA, ...SET_BY_LOCAL_RUNS];

/** Node.js and Powertools read these. */
const READ_BY_OTHERS = ['NODE_OPTIONS', 'POWERTOOLS_METRICS_NAMESPACE', 'POWERTOOLS_SERVICE_NAME'];

/** Set because another function needs them. They are harmless, and removing one would deploy every function again. */
const UNREAD: Readonly<Record<Role, readonly string[]>> = {
  app: ['PROJECT'],
  collection: ['PIPELINE', 'PROJECT'],
  historic: ['PROJECT', 'SOURCE_REGION'],
  verify: ['PROJECT', 'STAC_API_URL'],
  breaker: ['PIPELINE', 'PROJECT'],
};

const sources = readFiles(listFiles('lambdas/*.ts'));
const ALL_SETTINGS = MATRIX['all settings'] ?? {};

/** Undefined if the stack of this config does not have the function. */
function variablesOf(fields: Fields, role: Role): string[] | undefined {
  const stack = synthesize(fields);
  const address = `aws_lambda_function.${role}`;
  if (!addressesOf(stack).includes(address)) return undefined;
  const { variables } = resourceOf(stack, address)['environment'] as { readonly variables: Block };
  return Object.keys(variables);
}

interface Difference {
  readonly role: Role;
  /** Read, and not set by a stack with all settings. */
  readonly missing: readonly string[];
  /** Set by such a stack, and not read. */
  readonly unused: readonly string[];
}

function differences(files: readonly ProjectFile[]): Difference[] {
  return ROLES.map((role) => {
    const read = environmentReadFrom(files, DOORS[role]);
    const set = variablesOf(ALL_SETTINGS, role) ?? [];
    return {
      role,
      missing: read.filter((name) => !set.includes(name) && !SET_ELSEWHERE.includes(name)),
      unused: set.filter((name) => !read.includes(name) && !READ_BY_OTHERS.includes(name)).sort(),
    };
  });
}

const AS_AGREED = ROLES.map((role) => ({ role, missing: [], unused: UNREAD[role] }));

describe('the environment variables of a stack', () => {
  test('are those that its functions read', () => {
    expect(differences(sources)).toEqual(AS_AGREED);
  });

  test('include those that a function requires, whatever the config', () => {
    for (const [config, fields] of Object.entries(MATRIX)) {
      for (const role of ROLES) {
        const set = variablesOf(fields, role);
        const required = environmentReadFrom(sources, DOORS[role], ['requiredEnv']);
        const missing = required.filter(
          (name) => set?.includes(name) === false && !SET_ELSEWHERE.includes(name),
        );
        expect({ config, role, missing }).toEqual({ config, role, missing: [] });
      }
    }
  });

  test('include every optional setting of a backfill', () => {
    expect(variablesOf(ALL_SETTINGS, 'historic')).toEqual(
      expect.arrayContaining(['INITIAL_CHUNK', 'MAX_QUEUE_DEPTH', 'MAX_SCAN_GB']),
    );
  });

  const names = new Set(ROLES.flatMap((role) => environmentReadFrom(sources, DOORS[role])));

  test.each([...names].filter((name) => !SET_ELSEWHERE.includes(name)))(
    'differ from those read if %s is renamed in lambdas/ alone',
    (name) => {
      const renamed = sources.map(({ file, text }) => ({
        file,
        text: text.replaceAll(`'${name}'`, "'ANOTHER_NAME'"),
      }));
      const found = differences(renamed).filter(({ missing }) => missing.length > 0);

      expect(found.map(({ missing }) => missing)).toContainEqual(['ANOTHER_NAME']);
      for (const { unused } of found) expect(unused).toContain(name);
    },
  );

  test('are found in lambdas/ where a function passes the name on, and nowhere else', () => {
    const read = (text: string): string[] =>
      environmentReadFrom([{ file: 'lambdas/a.ts', text }], 'lambdas/a.ts');

    expect(read("const a = [process.env['A'], process.env.B, numberEnv('C', 1)];")).toEqual([
      'A',
      'B',
      'C',
    ]);
    expect(
      read("const a = list('A');\nfunction list(name: string) {\n  return optionalEnv(name);\n}\n"),
    ).toEqual(['A']);
    expect(() => read('const a = requiredEnv(name);')).toThrow(
      'lambdas/a.ts: which environment variable is read by name?',
    );
  });
});

/** Set by what runs the function: the container image, or a command on this machine. */
const SET_BY_THE_PLACE = ['PYTHON_EXECUTABLE', 'PYTHON_FOLDER', 'PYTHON_WORKER'];

/** The files that read them. */
const PYTHON_FILES = ['settings', 'granule-pattern', 'keys'].map(
  (name) => `lambdas/python/${name}.ts`,
);

describe('the environment variables of a pipeline in Python', () => {
  const fields = Object.assign({ source: '[s3://waves/raw/]' }, PYTHON, INVENTORY);

  test('are those that lambdas/python/ reads', () => {
    const ofTypescript = variablesOf(INVENTORY, 'app') ?? [];
    const set = (variablesOf(fields, 'app') ?? []).filter((name) => !ofTypescript.includes(name));
    const found = PYTHON_FILES.flatMap((file) => environmentReadFrom(sources, file));
    const read = [...new Set(found)].sort();

    expect([...set, ...SET_BY_THE_PLACE].sort()).toEqual(
      read.filter((name) => !ofTypescript.includes(name)),
    );
    expect(read.filter((name) => ofTypescript.includes(name))).toEqual(['REQUESTER_PAYS']);
  });

  test('include the pattern of granules for the backfill', () => {
    expect(variablesOf(fields, 'historic')).toContain('GRANULE_PATTERN');
    expect(variablesOf(INVENTORY, 'historic')).not.toContain('GRANULE_PATTERN');
  });
});

test('a message is received as often in lambdas/, by default, as its queue allows', () => {
  const queue = resourceOf(synthesize(), 'aws_sqs_queue.queue');

  expect(MAX_RECEIVE_COUNT).toBe(OF_THE_QUEUE);
  expect(queue['redrive_policy']).toContain(`"maxReceiveCount" = ${MAX_RECEIVE_COUNT}`);
});
