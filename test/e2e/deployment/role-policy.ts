import { queryCall } from './aws-call.js';
import { policy } from '../system/platform.js';
import { system } from '../system/running.js';

export interface Statement {
  readonly Sid: string;
  readonly Action: string | readonly string[];
}

const caller = { endpoint: system.endpoint };

/** The inline policy of a role, which can be replaced. */
export interface RolePolicy {
  readonly RoleName: string;
  readonly PolicyName: string;
}

export async function readStatements(names: RolePolicy): Promise<readonly Statement[]> {
  const xml = await queryCall(caller, ['iam', 'GetRolePolicy'], { ...names });
  const [, encoded = ''] = /<PolicyDocument>([^<]+)</.exec(xml) ?? [];
  const text = encoded.trimStart().startsWith('{')
    ? encoded.replaceAll('&quot;', '"')
    : decodeURIComponent(encoded);
  const { Statement: found } = JSON.parse(text) as { Statement: Statement | Statement[] };
  return Array.isArray(found) ? found : [found];
}

async function writeStatements(names: RolePolicy, statements: readonly Statement[]): Promise<void> {
  // IAM refuses a policy without statements.
  const [call, parameters] =
    statements.length === 0
      ? ['DeleteRolePolicy', {}]
      : ['PutRolePolicy', { PolicyDocument: policy(statements) }];
  await queryCall(caller, ['iam', call], { ...names, ...parameters });
}

/** Does `work` while one statement is removed. */
export async function without<T>(
  names: RolePolicy,
  sid: string,
  work: () => Promise<T>,
): Promise<T> {
  const statements = await readStatements(names);
  await writeStatements(
    names,
    statements.filter(({ Sid }) => Sid !== sid),
  );
  try {
    return await work();
  } finally {
    await writeStatements(names, statements);
  }
}

export function actionsOf({ Action }: Pick<Statement, 'Action'>): readonly string[] {
  return typeof Action === 'string' ? [Action] : Action;
}
