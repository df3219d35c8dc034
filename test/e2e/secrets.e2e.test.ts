import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { getCall, jsonCall } from './deployment/aws-call.js';
import { command } from './deployment/commands.js';
import { deploymentOf, partsOf } from './deployment/deployed-stack.js';
import { restartWorkers } from './deployment/functions.js';
import { PROJECT, REGION } from './system/places.js';
import { system } from './system/running.js';
import { STACKS } from './deployment/stacks.js';
import { readState } from './system/state-bucket.js';

const caller = { endpoint: system.endpoint, region: REGION };
const project = join(system.folder, 'project');
const { client_secret: clientSecret } = system.platform.client;

/** Matches a JSON web token: its header and payload begin with `{"`, which is `eyJ` in base64. */
const TOKEN = /eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]+/;

/** Returns which of the two a text contains. JSON and URLs escape some characters. */
function found(text: string): string[] {
  const forms = [clientSecret, JSON.stringify(clientSecret).slice(1, -1)];
  const others = [encodeURIComponent(clientSecret), Buffer.from(clientSecret).toString('base64')];
  return [
    ...([...forms, ...others].some((form) => text.includes(form)) ? ['the client secret'] : []),
    ...(TOKEN.test(text) ? ['a token'] : []),
  ];
}

async function logsOf(logGroupName: string): Promise<string> {
  const parameters = { logGroupName, limit: 10_000 };
  const call = ['logs', 'Logs_20140328.FilterLogEvents'] as const;
  return JSON.stringify(await jsonCall(caller, call, parameters));
}

async function scan(TableName: string): Promise<string> {
  return JSON.stringify(
    await jsonCall(caller, ['dynamodb', 'DynamoDB_20120810.Scan'], { TableName }),
  );
}

/** The tests of policies leave an empty table, and a warm function keeps its token: a new process writes one. */
beforeAll(async () => {
  for (const { id } of STACKS) {
    await restartWorkers(partsOf(system, id).names.functions.collection.function, {});
  }
});

describe('neither the client secret nor a token is in plain text', () => {
  test('is something that the search would find', async () => {
    const { client_id: id } = system.platform.client;
    const answer = await fetch(`${system.endpoint}/oauth2/token`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${id}:${clientSecret}`).toString('base64')}`,
      },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'ingestor/write' }),
    });

    expect(found(await answer.text())).toEqual(['a token']);
    expect(found(JSON.stringify(system))).toEqual(['the client secret']);
  });

  test.each(STACKS.map(({ id }) => id))(
    'in the synthesized stack of %s and its state',
    async (id) => {
      const stack = readFileSync(join(project, 'cdktf.out/stacks', id, 'cdk.tf.json'), 'utf8');
      const state = await readState(system, `${PROJECT}/${id}.tfstate`);
      expect(state).toContain('aws_sqs_queue');

      expect(found(stack)).toEqual([]);
      expect(found(state)).toEqual([]);
    },
  );

  test.each(STACKS.map(({ id }) => id))('in a plan of %s', async (id) => {
    const { output } = await (await deploymentOf(system, id)).plan();

    expect(found(output)).toEqual([]);
  });

  test('in the environment of a function', async () => {
    const text = await getCall(caller, 'lambda', '/2015-03-31/functions/');

    expect(text).toContain('SECRET_ARN');
    expect(found(text)).toEqual([]);
  });

  test('in a log of a function', async () => {
    const listed = (await jsonCall(caller, ['logs', 'Logs_20140328.DescribeLogGroups'], {
      logGroupNamePrefix: `/aws/lambda/${PROJECT}-`,
    })) as { logGroups: { logGroupName: string }[] };
    expect(listed.logGroups.length).toBeGreaterThan(3);

    for (const { logGroupName } of listed.logGroups)
      expect({ logGroupName, found: found(await logsOf(logGroupName)) }).toEqual({
        logGroupName,
        found: [],
      });
  });

  test('in the state table, where the shared token is encrypted', async () => {
    const listed = await jsonCall(caller, ['dynamodb', 'DynamoDB_20120810.ListTables'], {});
    const names = (listed as { TableNames: string[] }).TableNames;
    const own = names.filter((name) => name.startsWith(`${PROJECT}-`));
    expect(own).toHaveLength(STACKS.length);

    for (const name of own) {
      const text = await scan(name);
      expect(text).toContain('"token"');
      const binaries = [...text.matchAll(/"B": ?"([^"]+)"/g)].map(([, value = '']) =>
        Buffer.from(value, 'base64').toString('latin1'),
      );
      expect([text, ...binaries].flatMap(found)).toEqual([]);
    }
  });

  test('in the output of the commands', async () => {
    const commands = [
      ['status', 'sentinel1', '--json'],
      ['redrive', 'sentinel1', '--json'],
      ['backfill', 'sentinel1', 'status', '--json'],
    ] as const;

    for (const [name, ...words] of commands) {
      const { stdout, stderr } = await command(name, ...words);
      expect(stdout).not.toBe('');
      expect(found(stdout + stderr)).toEqual([]);
    }
  });
});
