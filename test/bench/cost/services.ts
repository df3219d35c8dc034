import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface ServiceSettings {
  /** Folders of granules by the name of the product without its data take's id: a product with any such id is there. */
  readonly folders: Readonly<Record<string, string>>;
  /** Milliseconds before S3 answers, and before the ingestor does. */
  readonly s3Ms: number;
  readonly ingestorMs: number;
}

export interface ServicesReady {
  readonly url: string;
}

/** Requests so far, of S3 and to the ingestor. */
export interface ServiceCounts {
  readonly s3: number;
  readonly posts: number;
}

export interface Services extends ServicesReady {
  readonly counts: () => Promise<ServiceCounts>;
  readonly close: () => Promise<void>;
}

/** Starts stand-ins for what a function talks to, in a process of their own. */
export async function startServices(settings: ServiceSettings): Promise<Services> {
  const worker = fork(join(import.meta.dirname, 'services-worker.ts'), [JSON.stringify(settings)], {
    execArgv: ['--import', 'tsx', '--no-warnings'],
  });
  const [{ url }] = (await once(worker, 'message')) as [ServicesReady];
  return {
    url,
    counts: async () => {
      worker.send('counts');
      const [counts] = (await once(worker, 'message')) as [ServiceCounts];
      return counts;
    },
    close: async () => {
      worker.disconnect();
      await once(worker, 'exit');
    },
  };
}
