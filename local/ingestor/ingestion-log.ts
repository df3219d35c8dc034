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

/** The status of every posted Item by its id; the Item itself is in the store. */
export class IngestionLog {
  /** One time for all, as measured on the real one: its created_at is that of its process. */
  private readonly startedAt = new Date().toISOString();
  /** Nearly all stay queued, so of these only the id is kept. */
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

  /** What the loader does behind the API. False where the id is unknown. */
  setStatus(id: string, status: IngestionStatus, message: string | null = null): boolean {
    const found = this.tryFind(id);
    if (!found) return false;
    this.queued.delete(id);
    this.others.set(id, { ...found, status, message, updatedAt: new Date().toISOString() });
    return true;
  }

  /** In the order of their posting. */
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
