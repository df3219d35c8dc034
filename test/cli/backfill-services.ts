import type { HistoricEvent } from '../../lambdas/historic-collaborators.js';
import { serve, type LocalAnswer, type LocalServer } from '../../local/http-server.js';

/** What the function of a deployment answers; an Error is a function that failed. */
export type FunctionAnswer = (event: HistoricEvent) => Promise<object>;

export interface BackfillServices extends LocalServer {
  /** Events of the function, with how it was invoked. */
  readonly invocations: { readonly event: HistoricEvent; readonly type: string }[];
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
  readonly ExpressionAttributeValues?: Item;
}

/** DynamoDB with the one row of a backfill, and Lambda with the one function, over HTTP. */
export async function startBackfillServices({
  table,
  functionName,
  answer,
}: BackfillServicesOptions): Promise<BackfillServices> {
  let row: Item | undefined;
  const invocations: BackfillServices['invocations'] = [];
  const onTable = (target: string, input: TableInput): LocalAnswer => {
    if (input.TableName !== table) return fault('ResourceNotFoundException');
    if (target.endsWith('GetItem')) return json({ ...(row && { Item: row }) });
    const expected = input.ExpressionAttributeValues?.[':expected']?.['N'];
    if (row?.['version']?.['N'] !== expected) return fault('ConditionalCheckFailedException');
    row = input.Item;
    return json({});
  };
  const onFunction = async (type: string, event: HistoricEvent): Promise<LocalAnswer> => {
    invocations.push({ event, type });
    if (type === 'Event') return { status: 202, body: '' };
    try {
      return json(await answer(event));
    } catch (error) {
      const errorMessage = error instanceof Error ? error.message : String(error);
      return { ...json({ errorMessage }), headers: { 'x-amz-function-error': 'Unhandled' } };
    }
  };
  const server = await serve(({ headers, path, body }) => {
    const target = headers['x-amz-target'];
    const input: unknown = JSON.parse(body);
    if (typeof target === 'string') return onTable(target, input as TableInput);
    if (path !== `/2015-03-31/functions/${functionName}/invocations`) {
      return { ...fault('ResourceNotFoundException'), status: 404 };
    }
    return onFunction(String(headers['x-amz-invocation-type']), input as HistoricEvent);
  });
  return { ...server, invocations };
}

function json(value: object): LocalAnswer {
  return {
    status: 200,
    body: JSON.stringify(value),
    headers: { 'content-type': 'application/x-amz-json-1.0' },
  };
}

function fault(name: string): LocalAnswer {
  return {
    status: 400,
    body: JSON.stringify({ __type: name, message: name }),
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-errortype': name },
  };
}
