import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { queryCall } from './aws-call.js';
import type { Credentials } from './apply.js';
import { runProject } from './project-copy.js';
import { TOPIC_ARN } from './stacks.js';
import type { PolicyDocument } from '../../../modules/deployer/policy.js';
import { ACCOUNT, PROJECT, ROOT, STATE_BUCKET } from '../system/places.js';
import type { System } from '../system/system.js';

/** Whose deployment: of stacks that are synthesized, or of a root module that calls the modules. */
export type DeployerKind = 'stacks' | 'root-module';

/** Creates a user whose only policy is the one for such a deployment, as docs/deploy.md says. */
export async function createDeployer(system: System, kind: DeployerKind): Promise<Credentials> {
  const text =
    kind === 'stacks' ? await runProject(system, ['cli/deployer-policy.ts']) : documentedPolicy();
  return createUser(system, `deployer-of-${kind}`, withoutFunctionArn(text));
}

/** Creates a user with this policy; returns its access key. */
export async function createUser(
  { endpoint }: Pick<System, 'endpoint'>,
  UserName: string,
  PolicyDocument: string,
): Promise<Credentials> {
  const caller = { endpoint };
  await queryCall(caller, ['iam', 'CreateUser'], { UserName });
  await queryCall(caller, ['iam', 'PutUserPolicy'], {
    UserName,
    PolicyName: 'deploy',
    PolicyDocument,
  });
  const xml = await queryCall(caller, ['iam', 'CreateAccessKey'], { UserName });
  const value = (tag: string) => new RegExp(`<${tag}>([^<]+)<`).exec(xml)?.[1] ?? '';
  return { accessKeyId: value('AccessKeyId'), secretAccessKey: value('SecretAccessKey') };
}

/** The policy in docs/, which knows no stacks, with the placeholders filled in. */
function documentedPolicy(): string {
  return readFileSync(join(ROOT, 'docs', 'deployer-policy.json'), 'utf8')
    .replaceAll('STATE_BUCKET', STATE_BUCKET)
    .replaceAll('TOPIC_ARN', TOPIC_ARN)
    .replaceAll('ACCOUNT', ACCOUNT)
    .replaceAll('PROJECT', PROJECT);
}

/** The emulator does not know the condition key lambda:FunctionArn, and denies every request that depends on it. */
function withoutFunctionArn(text: string): string {
  const policy = JSON.parse(text) as PolicyDocument;
  const Statement = policy.Statement.map((statement) =>
    JSON.stringify(statement.Condition ?? {}).includes('lambda:FunctionArn')
      ? { ...statement, Condition: undefined }
      : statement,
  );
  return JSON.stringify({ ...policy, Statement });
}
