import { DataAwsIamPolicyDocument } from '@cdktf/provider-aws/lib/data-aws-iam-policy-document';
import type { DataAwsIamPolicyDocumentStatement } from '@cdktf/provider-aws/lib/data-aws-iam-policy-document';
import type { Construct } from 'constructs';

export interface Condition {
  readonly test: string;
  readonly variable: string;
  readonly values: readonly string[];
}

/** A statement of an IAM policy, with the effect Allow. */
export interface PolicyStatement {
  /** Says what the statement is for, in letters and digits. */
  readonly sid: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: readonly Condition[];
}

/**
 * An IAM policy document as a data source, `aws_iam_policy_document`: a plan shows its actions even if an ARN is not
 * known yet, where jsonencode shows only `(known after apply)`.
 */
export class Policy {
  private readonly document: DataAwsIamPolicyDocument;
  private readonly statements: DataAwsIamPolicyDocumentStatement[] = [];

  constructor(scope: Construct, id: string) {
    this.document = new DataAwsIamPolicyDocument(scope, id);
  }

  get json(): string {
    return this.document.json;
  }

  /** Adds a statement for the role that the policy belongs to. */
  allow({ conditions, ...statement }: PolicyStatement): this {
    return this.add({ ...toStatement(statement), ...(conditions && toCondition(conditions)) });
  }

  /** Adds a statement whose principals are AWS services, for the policy of a queue or the trust policy of a role. */
  allowService(
    service: string | string[],
    { conditions, ...statement }: Omit<PolicyStatement, 'resources'> & Partial<PolicyStatement>,
  ): this {
    return this.add({
      ...toStatement(statement),
      principals: [{ type: 'Service', identifiers: [service].flat() }],
      ...(conditions && toCondition(conditions)),
    });
  }

  /** Adds a statement to a trust policy for identities of an OIDC provider that meet the conditions. */
  allowFederated(
    providerArn: string,
    {
      sid,
      conditions,
    }: Pick<PolicyStatement, 'sid'> & Required<Pick<PolicyStatement, 'conditions'>>,
  ): this {
    return this.add({
      ...toStatement({ sid, actions: ['sts:AssumeRoleWithWebIdentity'] }),
      principals: [{ type: 'Federated', identifiers: [providerArn] }],
      ...toCondition(conditions),
    });
  }

  /** Adds a statement that denies all actions but these. */
  denyOther({ sid, actions, resources }: Omit<PolicyStatement, 'conditions'>): this {
    return this.add({
      sid,
      effect: 'Deny',
      notActions: [...actions],
      resources: [...resources],
    });
  }

  /** Denies every request that does not use TLS. */
  requireTls(actions: string, resources: readonly string[]): this {
    return this.add({
      ...toStatement({ sid: 'OnlyWithTls', actions: [actions], resources }),
      effect: 'Deny',
      principals: [{ type: '*', identifiers: ['*'] }],
      ...toCondition([{ test: 'Bool', variable: 'aws:SecureTransport', values: ['false'] }]),
    });
  }

  private add(statement: DataAwsIamPolicyDocumentStatement): this {
    this.statements.push(statement);
    this.document.putStatement([...this.statements]);
    return this;
  }
}

function toStatement({
  sid,
  actions,
  resources,
}: Omit<PolicyStatement, 'resources'> &
  Partial<PolicyStatement>): DataAwsIamPolicyDocumentStatement {
  return { sid, actions: [...actions], ...(resources && { resources: [...resources] }) };
}

function toCondition(
  conditions: readonly Condition[],
): Pick<DataAwsIamPolicyDocumentStatement, 'condition'> {
  return {
    condition: conditions.map(({ values, ...condition }) => ({
      ...condition,
      values: [...values],
    })),
  };
}

/* Actions that our policies may allow on `*`, with the reason why no ARN is possible. A test checks all others. */

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html */
export const XRAY_WRITING = {
  reason: 'X-Ray has no ARN for what they write to',
  actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
} as const;

export const OWN_QUEUE = {
  reason:
    "the policy of a queue applies to that queue only: Terraform rejects the queue's own ARN there as a reference to " +
    'itself, and a separate aws_sqs_queue_policy always waits 25 s',
  actions: ['sqs:SendMessage'],
} as const;

export const WILDCARDS = [XRAY_WRITING, OWN_QUEUE] as const;
