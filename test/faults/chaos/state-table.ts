import type { LocalRequest, LocalResponse } from '../../../local/http/server.js';

interface Input {
  readonly Key?: Row;
  readonly Item?: Row;
  readonly ExpressionAttributeValues?: Row;
}

type Row = Readonly<Record<string, { readonly N?: string; readonly S?: string }>>;

const HEADERS = { 'content-type': 'application/x-amz-json-1.0' };

/** DynamoDB with the row of the access token: GetItem, PutItem, and the UpdateItem by which a container claims it. */
export function stateTable(): (request: LocalRequest) => LocalResponse {
  const rows = new Map<string, Row>();
  return ({ headers, body }) => {
    const operation = String(headers['x-amz-target']).split('.').at(-1);
    const { Key, Item, ExpressionAttributeValues: values = {} } = JSON.parse(body) as Input;
    const key = keyOf(Key ?? Item ?? {});
    const row = rows.get(key);
    if (operation === 'GetItem') return answer(row ? { Item: row } : {});
    if (operation === 'PutItem') {
      rows.set(key, Item ?? {});
      return answer({});
    }
    const claimedUntil = row?.['claimed_until']?.N;
    if (claimedUntil !== undefined && Number(claimedUntil) > Number(values[':now']?.N)) {
      return { ...answer({ __type: 'ConditionalCheckFailedException' }), status: 400 };
    }
    rows.set(key, { ...row, ...Key, claimed_until: values[':until'] ?? {} });
    return answer({});
  };
}

function keyOf({ pk, sk }: Row): string {
  return `${pk?.S} ${sk?.S}`;
}

function answer(body: object): LocalResponse {
  return { status: 200, body: JSON.stringify(body), headers: HEADERS };
}
