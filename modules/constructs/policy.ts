import { DataAwsIamPolicyDocument } from '@cdktf/provider-aws/lib/data-aws-iam-policy-document';
import type { DataAwsIamPolicyDocumentStatement } from '@cdktf/provider-aws/lib/data-aws-iam-policy-document';
import type { Construct } from 'constructs';

export interface Condition {
  readonly test: string;
  readonly variable: string;
  readonly values: readonly string[];
}

/** What a role may do. */
export interface PolicyStatement {
  /** Says what for, in letters and digits. */
  readonly sid: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: readonly Condition[];
}

/**
 * A document as a data source: a plan shows its actions, where jsonencode with an ARN that is not known yet shows
 * only `(known after apply)`.
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

  allow({ conditions, ...statement }: PolicyStatement): this {
    return this.add({ ...toStatement(statement), ...(conditions && toCondition(conditions)) });
  }

  /** Lets a service act, as queue policies and trust policies do. */
  allowService(
    service: string,
    { conditions, ...statement }: Omit<PolicyStatement, 'resources'> & Partial<PolicyStatement>,
  ): this {
    return this.add({
      ...toStatement(statement),
      principals: [{ type: 'Service', identifiers: [service] }],
      ...(conditions && toCondition(conditions)),
    });
  }

  /** Lets those act whom an identity provider vouches for, as trust policies do; the conditions say who they are. */
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

  /** Refuses everyone who comes without TLS. */
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

/** What may stand on `*` in a policy, and why it can stand on nothing else; a test holds that nothing else does. */

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html */
export const XRAY_WRITING = {
  reason: 'X-Ray has no resource for them',
  actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
} as const;

export const OWN_QUEUE = {
  reason:
    "in a queue's own policy * is that queue: Terraform refuses its ARN there as a reference to itself, and a policy " +
    'resource of its own costs 25 s of fixed wait',
  actions: ['sqs:SendMessage'],
} as const;

export const WILDCARDS = [XRAY_WRITING, OWN_QUEUE] as const;
