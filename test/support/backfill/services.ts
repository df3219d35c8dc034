import type { BackfillEvent } from '../../../lambdas/backfill/collaborators.js';
import { serve, type LocalResponse, type LocalServer } from '../../../local/http/server.js';

/** Returns the response of the deployed function. If it rejects, the function failed. */
export type FunctionAnswer = (event: BackfillEvent) => Promise<object>;

export interface BackfillServices extends LocalServer {
  /** Events of the function, with how it was invoked. */
  readonly invocations: { readonly event: BackfillEvent; readonly type: string }[];
}

export interface BackfillServicesOptions {
  readonly table: string;
  readonly functionName: string;
  readonly answer: FunctionAnswer;
}

type Item = Readonly<Record<string, Readonly<Record<string, string>>>>;

interface TableInput {
  readonly TableName: string;
  readonly Item?: Item;
  readonly Key?: Item;
  readonly ExpressionAttributeValues?: Item;
}

/** DynamoDB with the rows of a backfill and a repost, and Lambda with the one function, over HTTP. */
export async function startBackfillServices({
  table,
  functionName,
  answer,
}: BackfillServicesOptions): Promise<BackfillServices> {
  const invocations: BackfillServices['invocations'] = [];
  const onTable = tableWith(table);
  const server = await serve(async ({ headers, path, body }) => {
    const target = headers['x-amz-target'];
    const input: unknown = JSON.parse(body);
    if (typeof target === 'string') return onTable(target, input as TableInput);
    if (path !== `/2015-03-31/functions/${functionName}/invocations`) {
      return { ...fault('ResourceNotFoundException'), status: 404 };
    }
    const type = String(headers['x-amz-invocation-type']);
    invocations.push({ event: input as BackfillEvent, type });
    return type === 'Event' ? { status: 202, body: '' } : invoked(answer, input as BackfillEvent);
  });
  return { ...server, invocations };
}

/** GetItem and PutItem of a table, whose rows differ in their sort key. */
function tableWith(name: string): (target: string, input: TableInput) => LocalResponse {
  const rows = new Map<string | undefined, Item | undefined>();
  return (target, input) => {
    if (input.TableName !== name) return fault('ResourceNotFoundException');
    const sortKey = (input.Key ?? input.Item)?.['sk']?.['S'];
    const row = rows.get(sortKey);
    if (target.endsWith('GetItem')) return json({ ...(row && { Item: row }) });
    const expected = input.ExpressionAttributeValues?.[':expected']?.['N'];
    if (row?.['version']?.['N'] !== expected) return fault('ConditionalCheckFailedException');
    rows.set(sortKey, input.Item);
    return json({});
  };
}

async function invoked(answer: FunctionAnswer, event: BackfillEvent): Promise<LocalResponse> {
  try {
    return json(await answer(event));
  } catch (error) {
    const errorMessage = error instanceof Error ? error.message : String(error);
    return { ...json({ errorMessage }), headers: { 'x-amz-function-error': 'Unhandled' } };
  }
}

function json(value: object): LocalResponse {
  return {
    status: 200,
    body: JSON.stringify(value),
    headers: { 'content-type': 'application/x-amz-json-1.0' },
  };
}

function fault(name: string): LocalResponse {
  return {
    status: 400,
    body: JSON.stringify({ __type: name, message: name }),
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-errortype': name },
  };
}
