import type { MessagePort } from 'node:worker_threads';

import { CachedTokens } from '../../lambdas/ingestor/access-token.js';
import type { GranuleCollaborators } from '../../lambdas/granule/collaborators.js';
import { hrefSource, mappedSource } from '../../lambdas/source/href.js';
import type { AbortableSource } from '../../lambdas/source/source.js';
import { deployedOutputs } from '../../lambdas/outputs/deployed.js';
import { ingestor, type Ingestor } from '../../lambdas/ingestor/client.js';
import type { Log } from '../../lambdas/runtime/log.js';
import type { Meter } from '../../lambdas/runtime/metrics.js';
import { deadLetterAttributes, type RecordQueue } from '../../lambdas/queue/dead-letters.js';
import type { TokenStore } from '../../lambdas/ingestor/token-table.js';
import { fixedToken } from './shared-token.js';
import type {
  Attempt,
  ContainerSettings,
  Counts,
  FromContainer,
  ToContainer,
  TokenRequest,
} from './protocol.js';

/** Returns the collaborators of the handler in a worker thread. Queue, token store and log are in the main thread. */
export function containerCollaborators(
  settings: ContainerSettings,
  port: MessagePort,
): GranuleCollaborators {
  const tell = (message: FromContainer): void => {
    port.postMessage(message);
  };
  const { pipeline, maxReceiveCount, retryDelaySeconds, stacApiUrl, codeVersion } = settings;
  const attempts: Attempt[] = [];
  const [log, meter] = [mainLog(tell), mainMeter(tell, attempts)];
  return {
    log,
    meter,
    onSettled: attemptsInto(attempts),
    stacApiUrl,
    codeVersion: codeVersion === undefined ? undefined : { pipeline, version: codeVersion },
    source: sourceOf(settings),
    outputs: deployedOutputs(),
    postItem: reporting(
      settings,
      tell,
      postItem(settings, { log, meter, store: mainTokenStore(port) }),
    ),
    queue: mainQueue(tell),
    retry: { pipeline, maxReceiveCount, retryDelaySeconds },
  };
}

function sourceOf(settings: ContainerSettings): AbortableSource {
  const { requesterPays, region, hrefMap, sourceMap } = settings;
  const source = hrefSource({ requesterPays, ...(region !== undefined && { region }) });
  const mapped = sourceMap ? mappedSource(source, sourceMap) : source;
  if (!hrefMap) return mapped;
  // A granule may hold more hrefs than `href`, which alone was mapped before.
  const unmapped = mappedSource(mapped, hrefMap);
  const sourceFor = (href: string) => (href.startsWith(hrefMap.to) ? mapped : unmapped);
  return {
    read: (href, range, signal) => sourceFor(href).read(href, range, signal),
    download: (href, path, signal) => sourceFor(href).download(href, path, signal),
  };
}

type PostItem = Ingestor['postItem'];

interface PostCollaborators {
  readonly log: Log;
  readonly meter: Meter;
  readonly store: TokenStore;
}

function postItem(settings: ContainerSettings, { log, meter, store }: PostCollaborators): PostItem {
  if (settings.ingestorUrl === undefined) return () => Promise.resolve();
  const onRequest = (): void => {
    meter.count('TokenRequests');
  };
  const tokens = settings.token === undefined ? undefined : fixedToken(settings.token);
  const { secret } = settings;
  const own =
    secret &&
    new CachedTokens({ readSecret: () => Promise.resolve(secret), store, log, onRequest });
  return ingestor({ url: settings.ingestorUrl, tokens: tokens ?? own }).postItem;
}

function reporting(
  { reportItems }: ContainerSettings,
  tell: (message: FromContainer) => void,
  post: PostItem,
): PostItem {
  if (!reportItems) return post;
  return async (item, options) => {
    await post(item, options);
    tell({ type: 'item', id: item.id, json: JSON.stringify(item) });
  };
}

/** A port keeps the order of messages, so the main thread receives these before the result of the invocation. */
function mainQueue(tell: (message: FromContainer) => void): RecordQueue {
  return {
    sendToDeadLetters: (record, reason) => {
      const attributes = deadLetterAttributes(record, reason);
      const { messageId, body } = record;
      tell({ type: 'dead', messageId, body, attributes });
      return Promise.resolve();
    },
    returnLater: ({ receiptHandle }, seconds) => {
      tell({ type: 'later', receiptHandle, seconds });
      return Promise.resolve();
    },
  };
}

/** Collects the attempts at messages that need more than one. The counts of all others are right as they are. */
function attemptsInto(attempts: Attempt[]): GranuleCollaborators['onSettled'] {
  return ({ record, madeIds: made, postedIds: posted }, settlement) => {
    const isLast = settlement === 'done';
    if (isLast && record.attributes.ApproximateReceiveCount === '1') return;
    attempts.push({ messageId: record.messageId, made, posted, isLast });
  };
}

function mainMeter(tell: (message: FromContainer) => void, attempts: Attempt[]): Meter {
  let counts: Counts = {};
  return {
    count: (name, value = 1) => {
      counts[name] = (counts[name] ?? 0) + value;
    },
    milliseconds: () => undefined,
    seconds: () => undefined,
    publish: () => {
      tell({ type: 'counts', counts, attempts: attempts.splice(0) });
      counts = {};
    },
  };
}

function mainLog(tell: (message: FromContainer) => void): Log {
  return {
    info: () => undefined,
    warn: (message, fields) => {
      tell({ type: 'log', entry: { ...fields, level: 'warn', message } });
    },
    error: (message, fields) => {
      tell({ type: 'log', entry: { ...fields, level: 'error', message } });
    },
  };
}

/** Replaces the state table: all containers share one token. */
function mainTokenStore(port: MessagePort): TokenStore {
  const waiting = new Map<number, (value: unknown) => void>();
  let calls = 0;
  port.on('message', (message: ToContainer) => {
    if (message.type !== 'token-response') return;
    waiting.get(message.call)?.(message.value);
    waiting.delete(message.call);
  });
  const ask = (request: TokenRequest): Promise<unknown> =>
    new Promise((resolve) => {
      const call = calls++;
      waiting.set(call, resolve);
      port.postMessage({ type: 'token', call, request } satisfies FromContainer);
    });
  return {
    read: async () => (await ask({ kind: 'read' })) as Awaited<ReturnType<TokenStore['read']>>,
    write: async (_, token) => {
      await ask({ kind: 'write', token });
    },
    claim: async () => (await ask({ kind: 'claim' })) === true,
    release: async () => {
      await ask({ kind: 'release' });
    },
  };
}
