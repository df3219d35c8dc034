import { pathToFileURL } from 'node:url';
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';

import type { SQSRecord } from 'aws-lambda';

import { granuleHandler, type GranuleHandler } from '../../lambdas/granule-handler.js';
import { containerCollaborators } from './collaborators.js';
import type { ContainerSettings, FromContainer, HrefMap, ToContainer } from './protocol.js';

// The entry of a worker thread, which acts as a Lambda container: it runs the deployed bundle, one invocation at a time.
if (parentPort) await start(parentPort, workerData as ContainerSettings);

async function start(port: MessagePort, settings: ContainerSettings): Promise<void> {
  const tell = (message: FromContainer): void => {
    port.postMessage(message);
  };
  const loaded = (await import(pathToFileURL(settings.appFile).href)) as {
    handler: GranuleHandler;
  };
  const handler = withHrefMap(loaded.handler, settings.hrefMap).with(
    containerCollaborators(settings, port),
  );
  port.on('message', (message: ToContainer) => {
    if (message.type === 'invoke') void invoke(handler, message.records, { settings, tell });
  });
  tell({ type: 'ready' });
}

interface Invocation {
  readonly settings: ContainerSettings;
  readonly tell: (message: FromContainer) => void;
}

async function invoke(
  handler: GranuleHandler,
  records: readonly SQSRecord[],
  { settings, tell }: Invocation,
): Promise<void> {
  const deadline = Date.now() + settings.timeoutSeconds * 1000;
  try {
    const context = {
      awsRequestId: 'local',
      getRemainingTimeInMillis: () => deadline - Date.now(),
    };
    const { batchItemFailures } = await handler({ Records: [...records] }, context);
    tell({
      type: 'result',
      failedIds: batchItemFailures.map(({ itemIdentifier }) => itemIdentifier),
    });
  } catch (error) {
    tell({ type: 'function-error', message: String(error) });
  }
}

/** Returns a handler of the same pipeline that maps the hrefs of granules, for example to a folder on disk. */
export function withHrefMap(handler: GranuleHandler, map: HrefMap | undefined): GranuleHandler {
  if (!map) return handler;
  const { pipeline } = handler;
  return granuleHandler({
    ...pipeline,
    parseMessage: (message) => {
      const granule = pipeline.parseMessage(message);
      if (!granule?.href.startsWith(map.from)) return granule;
      return { ...granule, href: map.to + granule.href.slice(map.from.length) };
    },
  });
}
