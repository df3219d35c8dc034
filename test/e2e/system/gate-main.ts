import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { postgresAddress } from './database.js';
import { FaultProxy } from './fault-proxy.js';
import type { GateState } from '../deployment/faults.js';
import { PostgresProxy } from './postgres-proxy.js';

/** Runs both proxies. Arguments are ports: `<control> <ingestor proxy> <ingestor> <PostgreSQL proxy>`. */
const [control = 0, front = 0, ingestor = 0, postgresFront = 0] = process.argv.slice(2).map(Number);

const posts = new FaultProxy(ingestor);
const postgres = new PostgresProxy(postgresAddress());
posts.listen(front);
postgres.listen(postgresFront);

createServer((asked, answer) => {
  const answerJson = (value: unknown) => {
    answer.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  };
  if (asked.method !== 'PUT') {
    answerJson(posts.log);
    return;
  }
  void text(asked).then((body) => {
    const state = JSON.parse(body) as GateState;
    posts.setFaults(state.faults);
    if (state.refuseKnownTokens === true) posts.refuseKnownTokens();
    posts.setOpen(state.ingestor);
    postgres.setOpen(state.postgres);
    answerJson(state);
  });
}).listen(control, '127.0.0.1');
