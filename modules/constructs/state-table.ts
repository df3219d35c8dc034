import { DynamodbTable } from '@cdktf/provider-aws/lib/dynamodb-table';
import { Construct } from 'constructs';
import { SELF } from './base-stack.js';
import type { PolicyStatement } from './policy.js';

/**
 * A table for the access token, the cursor of the backfill, the pending Items of verify_ingestion, the versions that were
 * posted, and the hold of the queue with what the breaker knows of the posts.
 *
 * Resources: `aws_dynamodb_table` with the keys `pk` and `sk`.
 */
export class StateTable extends Construct {
  readonly name: string;
  readonly arn: string;

  constructor(scope: Construct, id: string, { name }: { readonly name: string }) {
    super(scope, id);
    const table = new DynamodbTable(this, SELF, {
      name,
      billingMode: 'PAY_PER_REQUEST',
      hashKey: 'pk',
      rangeKey: 'sk',
      attribute: [
        { name: 'pk', type: 'S' },
        { name: 'sk', type: 'S' },
      ],
      // Epoch seconds. The cursor's row has none, so it stays.
      ttl: { attributeName: 'ttl', enabled: true },
      pointInTimeRecovery: { enabled: true },
      serverSideEncryption: { enabled: true },
    });
    this.name = table.name;
    this.arn = table.arn;
  }
}

/** Returns the statement by which a function may read and write the cursor of a backfill. */
export function cursorAccess(tableArn: string): PolicyStatement {
  return {
    sid: 'KeepCursor',
    actions: ['dynamodb:GetItem', 'dynamodb:PutItem'],
    resources: [tableArn],
  };
}
