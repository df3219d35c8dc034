import { PurgeQueueCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { allStatements, readStack } from '../support/stacks/stack-kit.js';
import { partsOf } from './deployment/deployed-stack.js';
import { granuleCopies, uploadCopies } from './data/granules.js';
import { join } from 'node:path';
import { NOT_EVALUATED, whyNotEvaluated } from './deployment/not-evaluated.js';
import { probesWith, type ProbedRole } from './deployment/probes.js';
import { actionsOf, readStatements, without, type RolePolicy } from './deployment/role-policy.js';
import { sqs, system, waitFor } from './system/running.js';
import { FULL, STACKS } from './deployment/stacks.js';

const { names, deadLettersUrl, queueUrl } = partsOf(system, 'sentinel1');
const [failing] = granuleCopies(5, 1);
if (failing === undefined) throw new Error('there is no granule');
const probes = probesWith(failing);

/** Statements that are removed in turn, by policy document and sid. */
const PROBED: readonly (readonly [role: ProbedRole, policy: string, sid: string])[] = [
  ...['ReadSecret', 'ShareToken', 'ReadGranules', 'TakeGranules', 'SendDeadLetters'].map(
    (sid) => ['app', 'policy', sid] as const,
  ),
  ...['ReadSecret', 'ShareToken'].map((sid) => ['collection', 'policy', sid] as const),
  ...[
    'RunQueries',
    'KeepResults',
    'ReadInventory',
    'ListInventory',
    'SendGranules',
    'KeepCursor',
  ].map((sid) => ['historic', 'policy', sid] as const),
  ['historic', 'self-invocation', 'ContinueItself'],
  ...['ReadSecret', 'ShareToken', 'ReadIngestions', 'SendAgain'].map(
    (sid) => ['verify', 'policy', sid] as const,
  ),
  ...['SwitchMapping', 'KeepHold'].map((sid) => ['breaker', 'policy', sid] as const),
];
/** Covered by topic.e2e.test.ts: a topic that the queue's policy does not name delivers nothing. */
const ELSEWHERE = ['queue_policy AcceptTopic'];

/** Matches the errors of AWS and those of this project. */
const DENIED = /(?:not authorized to perform:|the role may (?:lack|use)) ([a-z0-9]+:[A-Za-z]+)/g;
const deniedIn = (text: string): string[] => [
  ...new Set([...text.matchAll(DENIED)].map(([, action = '']) => action)),
];
const policyOf = (role: ProbedRole, PolicyName: string): RolePolicy => ({
  RoleName: names.functions[role].role,
  PolicyName,
});

beforeAll(() => uploadCopies([failing]));
afterAll(async () => {
  for (const QueueUrl of [deadLettersUrl, queueUrl])
    await sqs.send(new PurgeQueueCommand({ QueueUrl }));
});

describe('every statement of every policy', () => {
  const documentOf = (role: string, policy: string) => `${role}_${policy}-document`;

  test('is removed by a test, or listed with its source as not evaluated by the emulator', () => {
    const probed = PROBED.map(([role, policy, sid]) => `${documentOf(role, policy)} ${sid}`);
    const folders = STACKS.map(({ id }) => join(system.folder, 'project/cdktf.out/stacks', id));
    const statements = folders.flatMap((folder) => allStatements(readStack(folder)));
    expect(statements.length).toBeGreaterThan(40);

    const unknown = statements
      .map(({ document, sid }) => ({ document, sid: String(sid) }))
      .filter(({ document, sid }) => whyNotEvaluated(document, sid) === undefined)
      .map(({ document, sid }) => `${document} ${sid}`)
      .filter((name) => !probed.includes(name) && !ELSEWHERE.includes(name));

    expect(unknown).toEqual([]);
  });

  test('in that list has a reason and a page of the AWS documentation', () => {
    for (const { reason, source } of NOT_EVALUATED) {
      expect(reason.length).toBeGreaterThan(20);
      expect(source).toMatch(/^https:\/\/docs\.aws\.amazon\.com\//);
    }
  });
});

describe('all statements together', () => {
  test.each(['app', 'collection', 'historic', 'verify', 'breaker'] as const)(
    'are sufficient for the function %s',
    async (role) => {
      expect(deniedIn(await probes[role]())).toEqual([]);
    },
  );
});

/** A probe is repeated within this time, because the emulator sometimes loses the last lines of a log. */
const DENIAL_SECONDS = 90;

/** The other two functions retry for up to a minute, since a policy takes time to spread: they are probed with E2E=full. */
const QUICK: readonly ProbedRole[] = ['app', 'verify', 'breaker'];

describe('without its statement', () => {
  test.each(PROBED.filter(([role]) => FULL || QUICK.includes(role)))(
    'the function %s is denied what %s %s allows',
    async (role, policy, sid) => {
      const names = policyOf(role, policy);
      const statement = (await readStatements(names)).find(({ Sid }) => Sid === sid);
      if (statement === undefined) throw new Error(`there is no statement ${sid}`);

      const isDenied = (found: readonly string[]) =>
        found.some((action) => actionsOf(statement).includes(action));

      const denied = await without(names, sid, () =>
        waitFor(async () => deniedIn(await probes[role]()), isDenied, DENIAL_SECONDS),
      );

      expect(isDenied(denied)).toBe(true);
    },
  );
});
