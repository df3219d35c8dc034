import { setTimeout as sleep } from 'node:timers/promises';
import { serve, type LocalRequest, type LocalResponse } from '../../../local/http/server.js';

// Its own process, so that its work does not count as the function's: the state table, and the ingestor.
const [items = '0', ingestorMs = '0', tableMs = '0'] = process.argv.slice(2);
const PER_PAGE = 500;
const PARTITION = 'ingestion';

let deleted = 0;
const { url } = await serve(answer);
process.on('message', () => process.send?.(deleted));
process.on('disconnect', () => process.exit());
process.send?.(url);

async function answer({ path, headers, body }: LocalRequest): Promise<LocalResponse> {
  if (path.startsWith('/api/ingestions/')) {
    await sleep(Number(ingestorMs));
    return json({ id: path.split('/').at(-1), status: 'succeeded', message: null });
  }
  await sleep(Number(tableMs));
  const action = String(headers['x-amz-target']).split('.').at(-1);
  if (action === 'Query') return json(pageOf(JSON.parse(body) as Query));
  if (action === 'DeleteItem') deleted += 1;
  return json({});
}

interface Query {
  readonly ExpressionAttributeValues: { readonly ':pk': { readonly S: string } };
  readonly ExclusiveStartKey?: { readonly sk: { readonly S: string } };
}

/** The next rows of the partition of earlier versions; the others are empty. */
function pageOf({ ExpressionAttributeValues, ExclusiveStartKey }: Query): object {
  const pk = ExpressionAttributeValues[':pk'];
  if (pk.S !== PARTITION) return { Items: [] };
  const start = ExclusiveStartKey === undefined ? 0 : Number(ExclusiveStartKey.sk.S) + 1;
  const end = Math.min(start + PER_PAGE, Number(items));
  const Items = Array.from({ length: end - start }, (_, index) => rowOf(pk, start + index));
  return { Items, ...(end < Number(items) && { LastEvaluatedKey: Items.at(-1) }) };
}

function rowOf(pk: { readonly S: string }, number: number) {
  const posted_at = { S: new Date().toISOString() };
  return { pk, sk: { S: String(number) }, body: { S: 'x'.repeat(1_500) }, posted_at };
}

function json(value: object): LocalResponse {
  const headers = { 'content-type': 'application/json' };
  return { status: 200, body: JSON.stringify(value), headers };
}
