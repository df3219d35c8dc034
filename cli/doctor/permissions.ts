import {
  GetRoleCommand,
  IAMClient,
  SimulatePrincipalPolicyCommand,
  type EvaluationResult,
} from '@aws-sdk/client-iam';
import { AWS_REQUESTS } from '../../lambdas/runtime/aws-requests.js';
import { mapLimited } from '../../lambdas/runtime/retry.js';
import { readStatePlace } from '../../modules/config/project.js';
import { ConfigError } from '../../modules/config/values/error.js';
import { errorText } from '../shared/deployed-pipeline.js';
import { fine, isDenied, NETWORK, unchecked, wrong, type Check } from './check.js';
import { permissionRequests, type PermissionRequest } from './permission-requests.js';
import type { DoctorSubject } from './subject.js';

type Iam = Pick<IAMClient, 'send'>;

/** IAM throttles more. */
const CONCURRENT = 3;
const SHOWN = 12;

/**
 * What the caller may do of what a deployment does, as IAM simulates it. The policies of resources are not simulated.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
 */
export const permissions: Check = {
  name: 'permissions',
  needsCredentials: true,
  run: async (subject) => {
    const { arn } = await subject.identity();
    if (arn.endsWith(':root')) return fine('the root user may do everything');
    const { config, names } = subject.pipeline;
    const iam = new IAMClient({ region: config.region, requestHandler: AWS_REQUESTS });
    const principal = await principalOf(arn, iam);
    if (principal === undefined)
      return unchecked(`IAM simulates users and roles only, and the caller is ${arn}`);
    const { project } = subject;
    const requests = permissionRequests({ config, names, project, stateBucket: bucketOf(subject) });
    const results = await mapLimited(requests, CONCURRENT, (request) =>
      deniedOf(request, principal, iam),
    );
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) {
      const text = errorText(failed.reason);
      return isDenied(failed.reason)
        ? unchecked(
            `your credentials may not simulate them (iam:SimulatePrincipalPolicy): ${text}; compare yours with npm run deployer-policy`,
          )
        : wrong(`IAM did not simulate them: ${text}`, NETWORK);
    }
    const denied = results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
    if (denied.length === 0) return fine(`${principal} may do all that a deployment does`);
    return wrong(
      deniedText(principal, denied),
      'npm run deployer-policy prints the policy that a deployment needs',
    );
  },
};

/** A session of a role is simulated as the role, whose ARN may have a path that the session's ARN lacks. */
async function principalOf(arn: string, iam: Iam): Promise<string | undefined> {
  if (arn.includes(':user/')) return arn;
  const [, partition, account, role] =
    /^arn:([\w-]+):sts::(\d{12}):assumed-role\/([^/]+)\//.exec(arn) ?? [];
  if (role === undefined) return undefined;
  try {
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: role }));
    if (Role?.Arn !== undefined) return Role.Arn;
  } catch {
    // Roles without a path are most.
  }
  return `arn:${partition ?? 'aws'}:iam::${account ?? ''}:role/${role}`;
}

function bucketOf({ root, env }: Pick<DoctorSubject, 'root' | 'env'>): string | undefined {
  try {
    const { state } = readStatePlace({ root, env });
    return state.kind === 's3' ? state.bucket : undefined;
  } catch (error) {
    // The check of the state bucket says so.
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}

interface Denied {
  readonly action: string;
  readonly resource: string;
  /** What denies it, if it is not that nothing allows it. */
  readonly by: string | undefined;
}

async function deniedOf(
  { actions, resource, context }: PermissionRequest,
  PolicySourceArn: string,
  iam: Iam,
): Promise<Denied[]> {
  const ContextEntries = Object.entries(context).map(([ContextKeyName, value]) => ({
    ContextKeyName,
    ContextKeyValues: [value],
    ContextKeyType: 'string' as const,
  }));
  const results: EvaluationResult[] = [];
  let Marker: string | undefined;
  do {
    const page = await iam.send(
      new SimulatePrincipalPolicyCommand({
        PolicySourceArn,
        ActionNames: [...actions],
        ResourceArns: [resource],
        ContextEntries,
        ...(Marker !== undefined && { Marker }),
      }),
    );
    results.push(...(page.EvaluationResults ?? []));
    Marker = page.IsTruncated ? page.Marker : undefined;
  } while (Marker !== undefined);
  return results
    .filter(({ EvalDecision }) => EvalDecision !== 'allowed')
    .map((result) => ({ action: result.EvalActionName ?? '', resource, by: denierOf(result) }));
}

function denierOf(result: EvaluationResult): string | undefined {
  const {
    EvalDecision,
    OrganizationsDecisionDetail: organization,
    MissingContextValues: missing = [],
  } = result;
  const { PermissionsBoundaryDecisionDetail: boundary } = result;
  if (organization?.AllowedByOrganizations === false) return 'by a policy of the organization';
  if (boundary?.AllowedByPermissionsBoundary === false) return 'by the permissions boundary';
  if (EvalDecision === 'explicitDeny') return 'explicitly';
  return missing.length === 0 ? undefined : `as far as is known without ${missing.join(', ')}`;
}

function deniedText(principal: string, denied: readonly Denied[]): string {
  const shown = denied
    .slice(0, SHOWN)
    .map(
      ({ action, resource, by }) =>
        `${action} on ${resource}${by === undefined ? '' : ` (denied ${by})`}`,
    );
  const more = denied.length - shown.length;
  return `${principal} may not ${shown.join(', ')}${more > 0 ? `, and ${more} more` : ''}`;
}
