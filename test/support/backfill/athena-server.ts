import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { AthenaQueries, type AthenaTable, type QueryFailure } from './athena-queries.js';
import { answerObjects, type Buckets } from '../object-routes.js';

export interface AthenaServerOptions {
  readonly tables: readonly AthenaTable[];
  /** Folder of the results, which are served as the objects of s3://results. */
  readonly resultsFolder: string;
  /** Further buckets, say of the inventory. */
  readonly buckets?: Buckets;
}

type Parameters = Readonly<Record<string, unknown>>;
type Operation = (queries: AthenaQueries, input: Parameters) => unknown;

const OPERATIONS: Readonly<Record<string, Operation>> = {
  StartQueryExecution: async (queries, input) => ({
    QueryExecutionId: await queries.start(
      String(input['QueryString']),
      String(input['ClientRequestToken']),
    ),
  }),
  GetQueryExecution: (queries, input) => executionOf(queries, String(input['QueryExecutionId'])),
  GetQueryResults: resultPage,
  StopQueryExecution: (queries, input) => {
    const execution = queries.find(String(input['QueryExecutionId']));
    if (execution !== undefined) execution.state = 'CANCELLED';
    return {};
  },
};
// Of GetQueryResults. @see https://docs.aws.amazon.com/athena/latest/APIReference/API_GetQueryResults.html
const MAX_RESULTS = 1000;

/**
 * Athena's JSON protocol over HTTP, backed by DuckDB, and the objects of S3 that belong to it. Clients reach it with
 * `endpoint: server.url`. Differs from Athena as local/inventory/duckdb-engine.ts says, and in the texts of its errors.
 */
export class AthenaServer {
  /** Errors for the next calls of an operation, as `StartQueryExecution: ['TooManyRequestsException']`. */
  readonly errors: Record<string, string[]> = {};
  /** Operations in the order of their calls. */
  readonly calls: string[] = [];

  private constructor(
    private readonly server: Server,
    readonly queries: AthenaQueries,
  ) {}

  static async start(options: AthenaServerOptions): Promise<AthenaServer> {
    const queries = await AthenaQueries.open(options.tables, options.resultsFolder);
    const buckets = { ...options.buckets, results: options.resultsFolder };
    const server = createServer();
    const athena = new AthenaServer(server, queries);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      athena.answer(request, response, buckets).catch((error: unknown) => {
        response.writeHead(500);
        response.end(String(error));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return athena;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The next query ends so instead of running. */
  failNextQuery(failure: QueryFailure): void {
    this.queries.failures.push(failure);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    this.queries.close();
  }

  private async answer(
    request: IncomingMessage,
    response: ServerResponse,
    buckets: Buckets,
  ): Promise<void> {
    const target = request.headers['x-amz-target'];
    if (typeof target !== 'string') {
      await answerObjects(request, response, buckets);
      return;
    }
    const name = target.replace('AmazonAthena.', '');
    const input = JSON.parse(await text(request)) as Parameters;
    this.calls.push(name);
    const error = this.errors[name]?.shift();
    const operation = OPERATIONS[name];
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    if (error !== undefined || operation === undefined) {
      response.statusCode = 400;
      response.end(JSON.stringify({ __type: error ?? 'UnknownOperationException', message: name }));
      return;
    }
    response.end(JSON.stringify(await operation(this.queries, input)));
  }
}

function executionOf(queries: AthenaQueries, id: string) {
  const execution = queries.find(id);
  const settled = execution !== undefined && execution.pollsLeft <= 0;
  if (execution !== undefined) execution.pollsLeft -= 1;
  const Status = settled
    ? {
        State: execution.state,
        StateChangeReason: execution.reason,
        AthenaError: { Retryable: execution.retryable ?? false, ErrorType: execution.errorType },
      }
    : { State: 'RUNNING' };
  const ResultConfiguration = { OutputLocation: `s3://results/${id}.csv` };
  const Statistics = { DataScannedInBytes: 1 };
  return { QueryExecution: { QueryExecutionId: id, Status, ResultConfiguration, Statistics } };
}

/** The header counts as the first row of page 1, and stands on no other page. */
async function resultPage(queries: AthenaQueries, input: Parameters) {
  const rows = await queries.rows(String(input['QueryExecutionId']));
  const first = Number(input['NextToken'] ?? 0);
  const end = first + Number(input['MaxResults'] ?? MAX_RESULTS);
  const Rows = rows
    .slice(first, end)
    .map((row) => ({ Data: row.map((VarCharValue) => ({ VarCharValue })) }));
  const ColumnInfo = rows[0]?.map((Name) => ({ Name, Type: 'varchar' }));
  return {
    ResultSet: { Rows, ResultSetMetadata: { ColumnInfo } },
    ...(end < rows.length && { NextToken: String(end) }),
  };
}
