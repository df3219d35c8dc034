import type { SeenRequest } from '../http-server.js';
import type { Call } from './lambda.js';

type Row = Readonly<Record<string, { readonly S?: string; readonly N?: string }>>;

interface Input {
  readonly TableName: string;
  readonly Key?: Row;
  readonly Item?: Row;
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeValues?: Row;
}

/**
 * GetItem, PutItem and DeleteItem of tables that exist if they are in `tables`, with rows by `table pk sk`. The condition
 * of a write is that there is no row, or that the row is `#by` somebody.
 */
export class TableApi {
  readonly tables = new Set<string>();
  readonly rows = new Map<string, Row>();

  call({ headers, body }: SeenRequest): Call {
    const action = String(headers['x-amz-target']).split('.').at(-1) ?? '';
    const { TableName, Key, Item, ...condition } = JSON.parse(body) as Input;
    const { pk, sk } = Key ?? Item ?? {};
    const place = `${TableName} ${pk?.S} ${sk?.S}`;
    return {
      action,
      answer: () => {
        if (!this.tables.has(TableName)) {
          const __type = 'ResourceNotFoundException';
          return { status: 400, errorType: __type, body: { __type, message: 'no such table' } };
        }
        if (!isMet(condition, this.rows.get(place))) {
          const __type = 'ConditionalCheckFailedException';
          return { status: 400, errorType: __type, body: { __type, message: 'not so' } };
        }
        if (action === 'PutItem' && Item !== undefined) this.rows.set(place, Item);
        if (action === 'DeleteItem') this.rows.delete(place);
        const found = this.rows.get(place);
        return { body: action === 'GetItem' && found ? { Item: found } : {} };
      },
    };
  }
}

function isMet(
  { ConditionExpression: condition, ExpressionAttributeValues: values }: Partial<Input>,
  row: Row | undefined,
): boolean {
  if (condition === undefined) return true;
  if (condition === 'attribute_not_exists(pk)') return row === undefined;
  return row?.['by']?.S !== undefined && row['by'].S === values?.[':by']?.S;
}
