import { beforeEach, describe, expect, test } from '@jest/globals';
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { checkStates, type StackState } from '../../../cli/shared/state-move.js';
import { ConfigError } from '../../../modules/config/values/error.js';

const KEY = 'demo/waves.tfstate';
const RECORD = 'cdktf.out/stacks/waves/.terraform/terraform.tfstate';
const LOCAL_FILE = 'demo-waves.tfstate';

const inBucket = (bucket: string, region = 'eu-central-1'): StackState => ({
  stack: 'waves',
  key: KEY,
  state: { kind: 's3', bucket, region },
});
const locally: StackState = { stack: 'waves', key: KEY, state: { kind: 'local' } };

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'state-'));
});

function write(file: string, content: unknown): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), typeof content === 'string' ? content : JSON.stringify(content));
}

/** Writes what Terraform writes in `init`. */
const record = (type: string, config: object) => {
  write(RECORD, { version: 3, backend: { type, config } });
};
const recordBucket = (bucket: string, key = KEY) => {
  record('s3', { bucket, key, region: 'eu-central-1', encrypt: true, profile: null });
};
const recordFile = (file = LOCAL_FILE) => {
  record('local', { path: `../../../${file}`, workspace_dir: null });
};
const writeState = (...resources: readonly string[]) => {
  write(LOCAL_FILE, { version: 4, resources });
};

function problemsOf(stack: StackState, migrate = false): readonly string[] {
  try {
    checkStates([stack], { root, migrate });
    return [];
  } catch (error) {
    return error instanceof ConfigError ? error.problems : [String(error)];
  }
}

const isRecorded = () => existsSync(join(root, RECORD));

describe('a state that was somewhere else', () => {
  test('[N30] in a local file is refused with both places and how to move it', () => {
    recordFile();
    writeState('a queue');

    expect(problemsOf(inBucket('states'))).toEqual([
      'waves: its Terraform state was in demo-waves.tfstate, but is now expected in s3://states/demo/waves.tfstate. ' +
        'To move it, run "npm run diff -- waves --migrate-state", which overwrites a state that is already there. ' +
        'To use the state that is already there, move demo-waves.tfstate away and run the command again: ' +
        'the resources of the other state stay in AWS',
    ]);
    expect(isRecorded()).toBe(true);
  });

  test.each([
    ['another bucket', inBucket('states'), 's3://states/demo/waves.tfstate'],
    ['a local file', locally, 'demo-waves.tfstate'],
  ])('[N30] in a bucket is refused if it is now expected in %s', (_, stack, place) => {
    recordBucket('older');

    const [problem, ...others] = problemsOf(stack);
    expect(problem).toContain(
      `was in s3://older/demo/waves.tfstate, but is now expected in ${place}.`,
    );
    expect(problem).toContain(`delete ${RECORD} and run`);
    expect(others).toEqual([]);
  });

  test('[N30] is left to Terraform with --migrate-state', () => {
    recordBucket('older');

    expect(problemsOf(inBucket('states'), true)).toEqual([]);
    expect(isRecorded()).toBe(true);
  });

  test('[N30] is refused for each stack', () => {
    recordBucket('older');
    const check = () => {
      checkStates([inBucket('states'), inBucket('states')], { root, migrate: false });
    };

    expect(check).toThrow(/^waves: .*\nwaves: /);
  });

  test('[N30] is refused if it cannot be read', () => {
    recordFile();
    write(LOCAL_FILE, '{ half');

    expect(problemsOf(inBucket('states'))).toHaveLength(1);
  });

  test('[N30] in a file that Terraform has no record of is refused', () => {
    writeState('a queue');

    expect(problemsOf(inBucket('states'), true)).toEqual([
      expect.stringMatching(
        /^waves: demo-waves.tfstate has a Terraform state with resources.*LOCAL_STATE=1 npm run diff -- waves/,
      ),
    ]);
    expect(problemsOf(locally)).toEqual([]);
  });
});

describe("Terraform's record is deleted, so that it starts again,", () => {
  test.each<[string, () => void, StackState]>([
    ['if there is no local state', recordFile, inBucket('states')],
    [
      'if the local state has no resources',
      () => {
        recordFile();
        writeState();
      },
      inBucket('states'),
    ],
    [
      'if it is of another project in the bucket',
      () => {
        recordBucket('states', 'test/waves.tfstate');
      },
      inBucket('states'),
    ],
    [
      'if it is of another project in a local file',
      () => {
        recordFile('test-waves.tfstate');
        write('test-waves.tfstate', { version: 4, resources: ['a queue'] });
      },
      locally,
    ],
    [
      'if only the region has changed',
      () => {
        recordBucket('states');
      },
      inBucket('states', 'eu-west-1'),
    ],
  ])('[N30] %s', (_, prepare, stack) => {
    prepare();

    expect(problemsOf(stack)).toEqual([]);
    expect(isRecorded()).toBe(false);
  });

  test('[N30] also with --migrate-state, which would copy the state of another project', () => {
    recordBucket('states', 'test/waves.tfstate');

    expect(problemsOf(inBucket('states'), true)).toEqual([]);
    expect(isRecorded()).toBe(false);
  });
});

test.each<[string, () => void, StackState]>([
  ['the same bucket', () => { recordBucket('states'); }, inBucket('states')], // prettier-ignore
  ['the same local file', recordFile, locally],
  ['nothing yet', () => undefined, inBucket('states')],
  ['something unreadable', () => { write(RECORD, '{ half'); }, inBucket('states')], // prettier-ignore
  ['a backend of another kind', () => { record('gcs', { bucket: 'states' }); }, inBucket('states')], // prettier-ignore
])('[N30] nothing happens if the record has %s', (_, prepare, stack) => {
  prepare();
  const before = isRecorded();

  expect(problemsOf(stack)).toEqual([]);
  expect(isRecorded()).toBe(before);
});
