import { AsyncLocalStorage } from 'node:async_hooks';
import http from 'node:http';
import { syncBuiltinESMExports } from 'node:module';

/** What a container may still do: after `cut` its requests end without an answer, as those of a killed process. */
export class Network {
  private static readonly current = new AsyncLocalStorage<Network>();
  private readonly open = new Set<http.ClientRequest>();
  private isCut = false;

  /** Makes every request of this process belong to the network in which it is sent. Call it once. */
  static watch(): void {
    const { request } = http;
    const watched = (...args: Parameters<typeof request>) => {
      const outgoing = request(...args);
      Network.current.getStore()?.add(outgoing);
      return outgoing;
    };
    // One function of two signatures.
    http.request = watched as typeof request;
    syncBuiltinESMExports();
  }

  /** Runs `work`, whose requests belong to this network. */
  within<T>(work: () => Promise<T>): Promise<T> {
    return Network.current.run(this, work);
  }

  cut(): void {
    this.isCut = true;
    for (const outgoing of this.open) outgoing.destroy();
  }

  private add(outgoing: http.ClientRequest): void {
    this.open.add(outgoing);
    outgoing.on('close', () => this.open.delete(outgoing));
    if (this.isCut) outgoing.destroy(new Error('the process was killed'));
  }
}
