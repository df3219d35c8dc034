/** Storage of the local ingestor. Every `json` is JSON text without line breaks. */
export interface ItemStore {
  /** Adds the Item, or replaces the one with the same id. */
  putItem(id: string, json: string): void;
  tryReadItem(id: string): string | undefined;
  putCollection(id: string, json: string): void;
  hasCollection(id: string): boolean;
}

/** Keeps everything in memory, for tests with few Items. */
export class MemoryStore implements ItemStore {
  private readonly items = new Map<string, string>();
  private readonly collections = new Map<string, string>();

  putItem(id: string, json: string): void {
    this.items.set(id, json);
  }

  tryReadItem(id: string): string | undefined {
    return this.items.get(id);
  }

  putCollection(id: string, json: string): void {
    this.collections.set(id, json);
  }

  hasCollection(id: string): boolean {
    return this.collections.has(id);
  }

  get itemTexts(): string[] {
    return [...this.items.values()];
  }

  get collectionTexts(): string[] {
    return [...this.collections.values()];
  }
}
