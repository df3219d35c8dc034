import { DataAwsIamPolicyDocument } from '@cdktf/provider-aws/lib/data-aws-iam-policy-document';
import type { DataAwsIamPolicyDocumentStatement } from '@cdktf/provider-aws/lib/data-aws-iam-policy-document';
import type { Construct } from 'constructs';

export interface Condition {
  readonly test: string;
  readonly variable: string;
  readonly values: readonly string[];
}

/** What a role may do. */
export interface Allowance {
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

  allow({ conditions, ...allowance }: Allowance): this {
    return this.add({ ...toStatement(allowance), ...(conditions && toCondition(conditions)) });
  }

  /** Lets a service act, as queue policies and trust policies do. */
  allowService(
    service: string,
    { conditions, ...allowance }: Omit<Allowance, 'resources'> & Partial<Allowance>,
  ): this {
    return this.add({
      ...toStatement(allowance),
      principals: [{ type: 'Service', identifiers: [service] }],
      ...(conditions && toCondition(conditions)),
    });
  }

  /** Lets those act whom an identity provider vouches for, as trust policies do; the conditions say who they are. */
  allowFederated(
    providerArn: string,
    { sid, conditions }: Pick<Allowance, 'sid'> & Required<Pick<Allowance, 'conditions'>>,
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
}: Omit<Allowance, 'resources'> & Partial<Allowance>): DataAwsIamPolicyDocumentStatement {
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
