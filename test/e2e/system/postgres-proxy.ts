import { connect, createServer, type Socket } from 'node:net';
import type { PostgresAddress } from './database.js';

/**
 * pypgstac 0.10 keeps each connection until its process ends, so the loader leaves one behind with every
 * invocation. On AWS they end with the container; here they would use up the connections of a shared server.
 */
const MAX_CONNECTIONS = 20;

/** Both ends of a connection. */
interface Link {
  readonly client: Socket;
  readonly server: Socket;
  lastUsed: number;
}

/** A proxy between the ingestor and PostgreSQL. Cutting it simulates an outage of a server that others use. */
export class PostgresProxy {
  private open = true;
  private readonly links = new Set<Link>();

  constructor(private readonly address: Pick<PostgresAddress, 'host' | 'port'>) {}

  setOpen(open: boolean): void {
    this.open = open;
    if (!open) for (const link of this.links) this.cut(link);
  }

  listen(port: number): void {
    createServer((client) => {
      if (this.open) this.link(client);
      else client.destroy();
    }).listen(port, '127.0.0.1');
  }

  private link(client: Socket): void {
    if (this.links.size >= MAX_CONNECTIONS) this.cutLongestIdle();
    const link = { client, server: connect(this.address), lastUsed: performance.now() };
    this.links.add(link);
    for (const [from, to] of [
      [client, link.server],
      [link.server, client],
    ] as const) {
      from.on('data', () => (link.lastUsed = performance.now()));
      from.on('error', () => {
        this.cut(link);
      });
      from.on('close', () => {
        this.cut(link);
      });
      from.pipe(to);
    }
  }

  private cutLongestIdle(): void {
    const [idle] = [...this.links].sort((one, other) => one.lastUsed - other.lastUsed);
    if (idle) this.cut(idle);
  }

  private cut(link: Link): void {
    this.links.delete(link);
    link.client.destroy();
    link.server.destroy();
  }
}
