import { collectionFaults } from './collection-checks.js';
import type { FaultPlan } from '../http/faults.js';
import {
  type Ingestion,
  IngestionStatuses,
  type IngestionStatus,
  INGESTION_STATUSES,
  isIngestionStatus,
} from './ingestion-statuses.js';
import { type LocalResponse, type LocalRequest, type LocalServer, serve } from '../http/server.js';
import { detail, parseJsonBody, redirect, unprocessable } from './responses.js';
import { itemFaults } from './item-checks.js';
import { type ItemStore, MemoryStore } from './item-store.js';
import { isObject, type JsonFault, valueFault } from './faults.js';

export interface LocalIngestorOptions {
  /** Returns true for a valid access token. @default requests need no token */
  readonly checkToken?: (token: string) => boolean;
  /** @default a MemoryStore */
  readonly store?: ItemStore;
  /** Rejects an Item if its Collection was not posted before, like the real ingestor. @default false */
  readonly requireCollection?: boolean;
  readonly faults?: FaultPlan;
  /** Called for every accepted Item, including one that replaces another. */
  readonly onItem?: (id: string, request: LocalRequest) => void;
}

export interface LocalIngestor extends LocalServer {
  /** Sets the status of an ingestion as the loader would. Returns false if no Item with this id was posted. */
  readonly setStatus: (id: string, status: IngestionStatus, message?: string) => boolean;
  readonly requestCount: () => number;
}

/** Starts an HTTP server that responds like the ingestor of eoapi-cdk (as measured). It does not load Items into a catalog. */
export async function startLocalIngestor(
  options: LocalIngestorOptions = {},
): Promise<LocalIngestor> {
  const state: State = {
    ...options,
    store: options.store ?? new MemoryStore(),
    log: new IngestionStatuses(),
  };
  let requests = 0;
  const server = await serve(
    (request) => respond(request, state),
    (request) => {
      requests++;
      return options.faults?.(request);
    },
  );
  return {
    ...server,
    setStatus: (id, status, message) => state.log.setStatus(id, status, message),
    requestCount: () => requests,
  };
}

interface State extends LocalIngestorOptions {
  readonly store: ItemStore;
  readonly log: IngestionStatuses;
}

type Route = (request: LocalRequest, state: State) => LocalResponse;

const ROUTES: Readonly<Record<string, Route>> = {
  'GET /ingestions': listIngestions,
  'POST /ingestions': (request, state) => authorized(request, state, postItem),
  'GET /ingestions/{id}': (request, state) => authorized(request, state, getIngestion),
  'DELETE /ingestions/{id}': (request, state) => authorized(request, state, cancelIngestion),
  'POST /collections': (request, state) => authorized(request, state, postCollection),
};

function respond(request: LocalRequest, state: State): LocalResponse {
  const { method, path } = request;
  if (path === '/ingestions/' || path === '/collections/') return redirect(path.slice(0, -1));
  const pattern = path.replace(/^\/ingestions\/[^/]+$/, '/ingestions/{id}');
  const route = ROUTES[`${method} ${pattern}`];
  if (route) return route(request, state);
  const known = Object.keys(ROUTES).some((key) => key.endsWith(` ${pattern}`));
  return known ? detail(405, 'Method Not Allowed') : detail(404, 'Not Found');
}

function authorized(request: LocalRequest, state: State, route: Route): LocalResponse {
  if (!state.checkToken) return route(request, state);
  const token = /^bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined) {
    return { ...detail(401, 'Not authenticated'), headers: { 'www-authenticate': 'Bearer' } };
  }
  return state.checkToken(token) ? route(request, state) : detail(403, 'Bad auth token');
}

function postItem(request: LocalRequest, state: State): LocalResponse {
  const parsed = parseJsonBody(request);
  if ('status' in parsed) return parsed;
  const faults = [...itemFaults(parsed.value), ...unknownCollection(parsed.value, state)];
  if (faults.length > 0) return unprocessable(faults);

  const { id } = parsed.value as { readonly id: string };
  const json = request.body.includes('\n') ? JSON.stringify(parsed.value) : request.body;
  state.store.putItem(id, json);
  const ingestion = state.log.queue(id);
  state.onItem?.(id, request);
  return { status: 201, body: toRecord(ingestion, json) };
}

function unknownCollection(item: unknown, { requireCollection, store }: State): JsonFault[] {
  const collection = isObject(item) ? item['collection'] : undefined;
  if (!requireCollection || typeof collection !== 'string' || store.hasCollection(collection))
    return [];
  const message = `Invalid collection '${collection}', received 404 response code from STAC API`;
  return [valueFault(['body', 'collection'], message)];
}

function postCollection(request: LocalRequest, { store }: State): LocalResponse {
  const parsed = parseJsonBody(request);
  if ('status' in parsed) return parsed;
  const faults = collectionFaults(parsed.value);
  if (faults.length > 0) return unprocessable(faults);
  const { id } = parsed.value as { readonly id: string };
  store.putCollection(id, JSON.stringify(parsed.value));
  return { status: 201, body: JSON.stringify([`Successfully published: ${id}`]) };
}

function listIngestions({ query }: LocalRequest, { log, store }: State): LocalResponse {
  const status = query.get('status') ?? 'queued';
  if (!isIngestionStatus(status)) {
    const msg = `Input should be one of ${INGESTION_STATUSES.join(', ')}`;
    return unprocessable([{ type: 'enum', loc: ['query', 'status'], msg, input: status }]);
  }
  const limit = Number(query.get('limit') ?? 100);
  const records = log.list(status).slice(0, limit);
  const items = records.map((ingestion) => toRecord(ingestion, store.tryReadItem(ingestion.id)));
  return { status: 200, body: `{"items":[${items.join(',')}],"next":null}` };
}

function getIngestion({ path }: LocalRequest, { log, store }: State): LocalResponse {
  const ingestion = log.tryFind(idOf(path));
  if (!ingestion) return detail(404, 'No ingestion found with provided ID');
  return { status: 200, body: toRecord(ingestion, store.tryReadItem(ingestion.id)) };
}

function cancelIngestion({ path }: LocalRequest, { log, store }: State): LocalResponse {
  const ingestion = log.tryFind(idOf(path));
  if (!ingestion) return detail(404, 'No ingestion found with provided ID');
  if (ingestion.status !== 'queued') {
    return detail(400, 'Unable to delete ingestion if status is not Status.queued');
  }
  log.setStatus(ingestion.id, 'cancelled');
  return {
    status: 200,
    body: toRecord({ ...ingestion, status: 'cancelled' }, store.tryReadItem(ingestion.id)),
  };
}

function idOf(path: string): string {
  return decodeURIComponent(path.slice('/ingestions/'.length));
}

function toRecord({ id, status, message, createdAt, updatedAt }: Ingestion, item = 'null'): string {
  const fields = {
    id,
    status,
    message,
    created_by: 'local',
    created_at: createdAt,
    updated_at: updatedAt,
  };
  // The Item is already JSON text, and serializing it again would be slow.
  return `${JSON.stringify(fields).slice(0, -1)},"item":${item}}`;
}
