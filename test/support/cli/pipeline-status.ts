import type { PipelineStatus } from '../../../cli/status/pipeline-status.js';

/** What an ingestor without ingestions lists. */
export const NONE = { count: 0, hasMore: false };
/** A queue without messages. */
export const EMPTY = {
  visible: 0,
  inFlight: 0,
  delayed: 0,
  retentionSeconds: 604_800,
  oldestSeconds: undefined,
};
/** Consumption that is on. */
export const ON = { mapping: { id: 'm-1', state: 'Enabled' }, hold: undefined };

export const APP = { role: 'app', name: 'demo-sentinel1-app' } as const;

/** The status of a pipeline without a fault, whose queue is busy. */
export function statusOf(fields: Partial<PipelineStatus> = {}): PipelineStatus {
  return {
    pipeline: 'sentinel1',
    collection: 'sentinel1-grd',
    functions: { value: { functions: [APP], old: [], inactive: [] } },
    queue: { value: { ...EMPTY, name: 'q', visible: 12_345, inFlight: 50, oldestSeconds: 5_400 } },
    consumption: { value: ON },
    maxAgeMinutes: 1440,
    deadLetters: { value: { ...EMPTY, name: 'd' } },
    subscriptionDeadLetters: { value: { ...EMPTY, name: 's' } },
    events: [],
    ingestor: {
      value: {
        url: 'https://i',
        counts: { queued: NONE, started: NONE, failed: NONE, succeeded: NONE, cancelled: NONE },
        failed: [],
      },
    },
    catalog: { value: { url: 'https://stac/collections/sentinel1-grd', items: 90_000 } },
    backfill: { value: undefined },
    verification: undefined,
    ...fields,
  };
}
