import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import type { Construct } from 'constructs';
import type { Policy } from './policy.js';

export interface RoleProps {
  readonly name: string;
  readonly trust: Policy;
  /** ARN of the managed policy that limits what the role may do, whatever its own policy allows. */
  readonly permissionsBoundary: string | undefined;
}

/** Adds a role with the id `role`. Every role of a pipeline is made here, so that none lacks the boundary. */
export function addRole(
  scope: Construct,
  { name, trust, permissionsBoundary }: RoleProps,
): IamRole {
  return new IamRole(scope, 'role', {
    name,
    assumeRolePolicy: trust.json,
    ...(permissionsBoundary !== undefined && { permissionsBoundary }),
  });
}
