type Answer = string;

/** The calls of IAM's API by which Terraform manages a role and its policies. The answers are XML. */
export class IamApi {
  private readonly roles = new Map<string, URLSearchParams>();
  private readonly policies = new Map<string, string>();

  answer(parameters: URLSearchParams): { readonly status?: number; readonly body: Answer } {
    const action = parameters.get('Action') ?? '';
    const role = parameters.get('RoleName') ?? '';
    const policy = `${role}/${parameters.get('PolicyName')}`;
    if (action === 'CreateRole') this.roles.set(role, parameters);
    if (action === 'PutRolePolicy')
      this.policies.set(policy, parameters.get('PolicyDocument') ?? '');
    if (action === 'DeleteRolePolicy') this.policies.delete(policy);
    const text = action === 'GetRolePolicy' ? this.policies.get(policy) : undefined;
    const isMissing = !this.roles.has(role) || (action === 'GetRolePolicy' && text === undefined);
    if (isMissing) return { status: 404, body: error('NoSuchEntity', `no ${policy}`) };
    const fields = text === undefined ? this.roleXml(role) : policyXml(parameters, text);
    const empty = '<IsTruncated>false</IsTruncated><PolicyNames/><AttachedPolicies/>';
    const result = action.startsWith('List') ? empty : fields;
    if (action === 'DeleteRole') this.roles.delete(role);
    return {
      body: `<${action}Response><${action}Result>${result}</${action}Result></${action}Response>`,
    };
  }

  private roleXml(name: string): string {
    const trust = this.roles.get(name)?.get('AssumeRolePolicyDocument') ?? '';
    return (
      `<Role><RoleName>${name}</RoleName><RoleId>AROA1</RoleId><Path>/</Path>` +
      `<Arn>arn:aws:iam::123456789012:role/${name}</Arn><CreateDate>2026-11-29T00:00:00Z</CreateDate>` +
      `<MaxSessionDuration>3600</MaxSessionDuration>` +
      `<AssumeRolePolicyDocument>${encodeURIComponent(trust)}</AssumeRolePolicyDocument></Role>`
    );
  }
}

function policyXml(parameters: URLSearchParams, text: string): string {
  return (
    `<RoleName>${parameters.get('RoleName')}</RoleName>` +
    `<PolicyName>${parameters.get('PolicyName')}</PolicyName>` +
    `<PolicyDocument>${encodeURIComponent(text)}</PolicyDocument>`
  );
}

function error(code: string, message: string): string {
  return `<ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;
}
