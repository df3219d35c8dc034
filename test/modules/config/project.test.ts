import { describe, expect, test } from '@jest/globals';
import { readProject } from '../../../modules/config/project.js';
import { projectFolder, problemsOf } from '../../support/stacks/project-config.js';

const LOCAL = { PROJECT: 'demo', LOCAL_STATE: '1' };

describe('a project', () => {
  test('has a name, a state and pipelines', () => {
    const project = readProject({ root: projectFolder(), env: LOCAL });
    expect(project).toMatchObject({
      name: 'demo',
      state: { kind: 'local' },
      pipelines: [{ id: 'waves' }],
    });
  });

  test('finds the state bucket in the environment, then in cdktf.json', () => {
    const context = { STATE_BUCKET: 'ours', STATE_REGION: 'eu-west-1' };
    const stateFrom = (env: object) =>
      readProject({ root: projectFolder(context), env: { PROJECT: 'demo', ...env } }).state;

    expect(stateFrom({})).toEqual({ kind: 's3', bucket: 'ours', region: 'eu-west-1' });
    expect(stateFrom({ STATE_BUCKET: 'mine' })).toEqual({
      kind: 's3',
      bucket: 'mine',
      region: 'eu-west-1',
    });
    expect(stateFrom({ LOCAL_STATE: '1' })).toEqual({ kind: 'local' });
  });

  test('reports everything that is wrong at once', () => {
    const root = projectFolder({}, { timeout_seconds: '0', id: 'tides' });

    const problems = problemsOf(() => readProject({ root, env: {} }));

    expect(problems[0]).toMatch(/^PROJECT is not set: the names of all resources/);
    expect(problems[1]).toMatch(
      /^STATE_BUCKET and STATE_REGION not set: .*npm run bootstrap.*LOCAL_STATE=1/,
    );
    expect(problems.slice(2).map((line) => line.split('config.yaml:')[1])).toEqual([
      expect.stringMatching(/id: must be the name of the folder/),
      expect.stringMatching(/timeout_seconds: must be a whole number/),
    ]);
  });

  test('refuses an invalid bucket and an invalid region', () => {
    const env = { PROJECT: 'demo', STATE_BUCKET: 's3://states', STATE_REGION: 'Frankfurt' };

    expect(problemsOf(() => readProject({ root: projectFolder(), env }))).toEqual([
      'STATE_BUCKET must be the name of a bucket, without s3:// and path (given "s3://states")',
      'STATE_REGION must be an AWS region such as eu-central-1 (given "Frankfurt")',
    ]);
  });

  test('refuses a context of cdktf.json that is not text', () => {
    const root = projectFolder({ STATE_BUCKET: 5 });

    expect(problemsOf(() => readProject({ root, env: { PROJECT: 'demo' } }))).toEqual([
      expect.stringMatching(/^cdktf\.json context\.STATE_BUCKET: Invalid input: expected string/),
    ]);
  });

  test('names the missing half of the state settings', () => {
    const env = { PROJECT: 'demo', STATE_BUCKET: 'states' };
    expect(problemsOf(() => readProject({ root: projectFolder(), env }))).toEqual([
      expect.stringMatching(/^STATE_REGION not set: /),
    ]);
  });
});
