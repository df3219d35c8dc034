import { queryCall } from './aws-call.js';
import type { Credentials } from './apply.js';
import { runProject } from './project-copy.js';
import type { PolicyDocument } from '../../../modules/deployer/policy.js';
import type { System } from '../system/system.js';

const UserName = 'deployer';

/** Creates a user whose only policy is the documented one for deployers, for the stacks that are synthesized now. */
export async function createDeployer(system: System): Promise<Credentials> {
  const caller = { endpoint: system.endpoint };
  await queryCall(caller, ['iam', 'CreateUser'], { UserName });
  await allowDeployer(system);
  const xml = await queryCall(caller, ['iam', 'CreateAccessKey'], { UserName });
  const value = (tag: string) => new RegExp(`<${tag}>([^<]+)<`).exec(xml)?.[1] ?? '';
  return { accessKeyId: value('AccessKeyId'), secretAccessKey: value('SecretAccessKey') };
}

async function allowDeployer(system: System): Promise<void> {
  const PolicyDocument = withoutFunctionArn(await runProject(system, ['cli/deployer-policy.ts']));
  const names = { UserName, PolicyName: 'deploy' };
  await queryCall({ endpoint: system.endpoint }, ['iam', 'PutUserPolicy'], {
    ...names,
    PolicyDocument,
  });
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
