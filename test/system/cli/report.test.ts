import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { MARK, markOf, reconcileMarkOf } from '../../../cli/plan/github.js';
import { entryOf, type GithubServer, startGithubServer } from '../github/github-server.js';
import { runCli } from '../../support/cli/run-cli.js';

let github: GithubServer;
const file = join(mkdtempSync(join(tmpdir(), 'report-')), 'plan.md');

beforeEach(async () => {
  github = await startGithubServer();
});

afterEach(() => github.close());

function report(
  args: readonly string[],
  text = `${MARK}\n## Plan`,
  env: Readonly<Record<string, string>> = {},
) {
  writeFileSync(file, text);
  return runCli('report', args, { env: { ...github.env, ...env } });
}

describe('the comment on a pull request', () => {
  test('is created once and then updated', async () => {
    github.comments.push(entryOf(1, { body: 'a remark' }, 'User'));

    await report(['comment', '7', file], `${MARK}\nfirst`);
    const second = await report(['comment', '7', file], `${MARK}\nsecond`);

    expect(second).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(github.comments.map(({ body }) => body)).toEqual(['a remark', `${MARK}\nsecond`]);
    expect(github.requests().at(-1)).toBe('PATCH /repos/octo-org/octo-repo/issues/comments/2');
  });

  test('is one for each of several projects', async () => {
    const [dev, prod] = ['dev', 'prod'].map((project) => `${markOf(project)}\n## Plan`);

    for (const text of [dev, prod, `${dev}\nagain`]) await report(['comment', '7', file], text);

    expect(github.comments.map(({ body }) => body)).toEqual([`${dev}\nagain`, prod]);
  });

  test('is found among more than a hundred others; one of a user with the mark is left alone', async () => {
    for (let id = 1; id <= 150; id++)
      github.comments.push(entryOf(id, { body: `${MARK} mine` }, 'User'));
    github.comments.push(entryOf(151, { body: `${MARK}\nold` }));

    await report(['comment', '7', file]);

    expect(github.comments).toHaveLength(151);
    expect(github.comments.at(-1)?.body).toBe(`${MARK}\n## Plan`);
    expect(github.comments[0]?.body).toBe(`${MARK} mine`);
  });
});

describe('the issue about drift', () => {
  test('is opened, updated, and closed when there is no drift', async () => {
    github.issues.push(entryOf(1, { body: `${MARK}\na pull request`, pull_request: {} }));

    await report(['drift', file, '--code', '0']);
    expect(github.issues).toHaveLength(1);

    await report(['drift', file, '--code', '2'], `${MARK}\nfirst`);
    await report(['drift', file, '--code', '1'], `${MARK}\nsecond`);
    expect(github.issues.slice(1)).toEqual([
      entryOf(2, { title: 'Drift: the plan failed', body: `${MARK}\nsecond` }),
    ]);

    await report(['drift', file, '--code', '0']);
    expect(github.issues[1]).toMatchObject({ state: 'closed' });
    expect(github.issues[0]).not.toHaveProperty('state');
  });
});

describe('the issue about what the catalogue misses', () => {
  test('is kept apart from the one about drift, and closed when everything is there', async () => {
    await report(['drift', file, '--code', '2'], `${MARK}\ndrift`);
    await report(['reconcile', file, '--code', '1'], '7 are missing');
    await report(['reconcile', file, '--code', '1'], '6 are missing');

    expect(github.issues).toEqual([
      entryOf(1, { title: 'Drift: what is deployed differs from main', body: `${MARK}\ndrift` }),
      entryOf(2, {
        title: 'Reconcile: the inventory and the catalogue differ',
        body: `${reconcileMarkOf(undefined)}\n6 are missing`,
      }),
    ]);

    await report(['reconcile', file, '--code', '0'], 'everything is there');
    expect(github.issues[1]).toMatchObject({ state: 'closed' });
    expect(github.issues[0]).not.toHaveProperty('state');
  });
});

test('each of several projects has an issue about drift of its own', async () => {
  const [dev, prod] = ['dev', 'prod'].map((project) => `${markOf(project)}\n## Plan`);

  await report(['drift', file, '--code', '2'], dev);
  await report(['drift', file, '--code', '1'], prod);
  await report(['drift', file, '--code', '0'], dev);

  expect(github.issues.map(({ title, state }) => [title, state])).toEqual([
    ['Drift of dev: what is deployed differs from main', 'closed'],
    ['Drift of prod: the plan failed', undefined],
  ]);
});

test('each of several projects has an issue about the catalogue of its own', async () => {
  const reconcile = (PROJECT: string, code: string) =>
    report(['reconcile', file, '--code', code], '7 are missing', {
      PROJECT,
      ENVIRONMENTS: '["dev", "prod"]',
    });

  await reconcile('dev', '1');
  await reconcile('prod', '1');
  await reconcile('dev', '0');

  expect(github.issues.map(({ title, state, body }) => [title, state, body])).toEqual([
    [
      'Reconcile of dev: the inventory and the catalogue differ',
      'closed',
      '<!-- stac-pipelines: reconcile dev -->\n7 are missing',
    ],
    [
      'Reconcile of prod: the inventory and the catalogue differ',
      undefined,
      '<!-- stac-pipelines: reconcile prod -->\n7 are missing',
    ],
  ]);
});

describe('an error message names', () => {
  test('the request that GitHub rejected, without the token', async () => {
    github.refuse(403);

    const { code, stderr } = await report(['comment', '7', file]);

    expect(code).toBe(1);
    expect(stderr).toMatch(
      /GET http.*\/issues\/7\/comments.* returned HTTP status 403: .*not allowed/,
    );
    expect(stderr).not.toContain('Bearer');
  });

  test('the missing variables', async () => {
    const { code, stderr } = await runCli('report', ['comment', '7', file]);

    expect(code).toBe(1);
    expect(stderr).toMatch(/GITHUB_REPOSITORY and GITHUB_TOKEN not set/);
  });

  test.each([
    [['comment', 'seven', 'x'], /a whole number \(given 'seven'\)/],
    [['drift', 'x'], /required option '--code <n>' not specified/],
  ])('what is wrong with %j', async (args, sentence) => {
    const { code, stderr } = await runCli('report', args);

    expect(code).toBe(2);
    expect(stderr).toMatch(sentence);
  });
});
