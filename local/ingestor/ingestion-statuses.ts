/** @see lib/ingestor-api of eoapi-cdk: src/schemas.py, Status */
export const INGESTION_STATUSES = [
  'started',
  'queued',
  'failed',
  'succeeded',
  'cancelled',
] as const;
export type IngestionStatus = (typeof INGESTION_STATUSES)[number];

export interface Ingestion {
  readonly id: string;
  readonly status: IngestionStatus;
  readonly message: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** The ingestion status of every posted Item by id. The Items themselves are in the store. */
export class IngestionStatuses {
  /** One time for all: in the real ingestor, created_at is the start of its process (measured). */
  private readonly startedAt = new Date().toISOString();
  /** Nearly all Items stay queued, so only their ids are kept, to save memory. */
  private readonly queued = new Set<string>();
  private readonly others = new Map<string, Ingestion>();

  queue(id: string): Ingestion {
    this.others.delete(id);
    this.queued.add(id);
    return this.queuedIngestion(id);
  }

  tryFind(id: string): Ingestion | undefined {
    return this.queued.has(id) ? this.queuedIngestion(id) : this.others.get(id);
  }

  /** Sets the status as the loader does. Returns false if the id is unknown. */
  setStatus(id: string, status: IngestionStatus, message: string | null = null): boolean {
    const found = this.tryFind(id);
    if (!found) return false;
    this.queued.delete(id);
    this.others.set(id, { ...found, status, message, updatedAt: new Date().toISOString() });
    return true;
  }

  /** Returns the ingestions with this status in the order in which they were posted. */
  list(status: IngestionStatus): Ingestion[] {
    if (status === 'queued') return Array.from(this.queued, (id) => this.queuedIngestion(id));
    return [...this.others.values()].filter((ingestion) => ingestion.status === status);
  }

  private queuedIngestion(id: string): Ingestion {
    const { startedAt } = this;
    return { id, status: 'queued', message: null, createdAt: startedAt, updatedAt: startedAt };
  }
}

export function isIngestionStatus(text: string): text is IngestionStatus {
  return INGESTION_STATUSES.some((status) => status === text);
}
