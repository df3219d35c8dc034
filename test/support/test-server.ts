import { afterEach } from '@jest/globals';
import { httpServer, type Answer } from './http-server.js';

export type TestServer = Awaited<ReturnType<typeof httpServer>>;

/** Returns a function that starts a server for the running test, after which it is closed. */
export function serverPerTest(): (answer: Answer) => Promise<TestServer> {
  const open: TestServer[] = [];
  afterEach(async () => {
    for (const server of open.splice(0)) await server.close();
  });
  return async (answer) => {
    const server = await httpServer(answer);
    open.push(server);
    return server;
  };
}
