import {
  CloudWatchLogsClient,
  GetQueryResultsCommand,
  ResourceNotFoundException,
  StartQueryCommand,
  StopQueryCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { insightsQuery, logSource } from '../../../cli/trace/log.js';
import { subjectFor } from '../../../cli/trace/subject.js';

const logs = mockClient(CloudWatchLogsClient);
const SUBJECT = subjectFor('tile_1', { texts: [], itemIds: [] });
let now = 0;

beforeEach(() => {
  logs.reset();
  now = 0;
});

function ask(deadline = 10_000) {
  const source = logSource({
    name: 'log of app',
    group: '/aws/lambda/demo-example-app',
    region: 'eu-central-1',
    since: '2024-05-01T00:00:00.000Z',
    until: '2024-05-02T00:00:00.000Z',
    client: new CloudWatchLogsClient({ region: 'eu-central-1' }),
    clock: {
      now: () => now,
      sleep: (ms) => {
        now += ms;
        return Promise.resolve();
      },
    },
  });
  return source.ask({ subject: SUBJECT, wanted: source.wants(SUBJECT), deadline });
}

function line(message: object | string, timestamp = '2024-05-01 12:00:00.000') {
  const value = typeof message === 'string' ? message : JSON.stringify(message);
  return [
    { field: '@timestamp', value: timestamp },
    { field: '@message', value },
  ];
}

const RECORD = {
  level: 'WARN',
  message: 'record',
  timestamp: '2024-05-01T12:00:00.123Z',
  itemId: 'tile_1',
  messageId: 'm',
  correlationId: 'c',
  outcome: 'retry',
  receiveCount: 2,
  error: 'ReadError',
  reason: 's3://b/tile_1.tif: access denied',
  about: 's3://b/tile_1.tif',
};

function complete(...results: ReturnType<typeof line>[]): void {
  logs.on(StartQueryCommand).resolves({ queryId: 'q' });
  logs
    .on(GetQueryResultsCommand)
    .resolvesOnce({ status: 'Running' })
    .resolves({ status: 'Complete', results });
}

describe('the log', () => {
  test('is searched in the time range for all words', async () => {
    complete();

    expect(await ask()).toEqual({ events: [], note: undefined });

    expect(logs.commandCalls(StartQueryCommand)[0]?.args[0].input).toEqual({
      logGroupName: '/aws/lambda/demo-example-app',
      startTime: 1_714_521_600,
      endTime: 1_714_608_000,
      queryString:
        'fields @timestamp, @message | filter @message like "tile_1" | sort @timestamp desc',
      limit: 200,
    });
  });

  test('has the outcome of each receive, with its ids and the reason', async () => {
    complete(line(RECORD));

    expect((await ask()).events).toEqual([
      {
        source: 'log of app',
        kind: 'retry',
        at: '2024-05-01T12:00:00.123Z',
        what: 'the message failed and is tried again (receive 2)',
        reason: 'ReadError: s3://b/tile_1.tif: access denied',
        itemIds: ['tile_1'],
        messageId: 'm',
        correlationId: 'c',
        about: 's3://b/tile_1.tif',
      },
    ]);
  });

  test.each([
    ['posted', { ...RECORD, outcome: 'posted', error: undefined, reason: undefined }],
    ['superseded', { ...RECORD, outcome: 'superseded' }],
    ['skipped', { ...RECORD, outcome: 'skipped', itemId: undefined }],
    ['dead', { ...RECORD, outcome: 'dead' }],
    ['requeued', { message: 'ingestion', itemId: 'tile_1', outcome: 'requeued', reason: 'x' }],
    ['dead', { message: 'ingestion', itemId: 'tile_1', outcome: 'dead', reason: 'x' }],
    ['row-refused', { message: 'row refused: no message was sent', key: 'tile_1', reason: 'x' }],
    ['logged', { level: 'INFO', message: 'a note about tile_1' }],
    ['logged', '2024-05-01T12:00:00Z tile_1 Task timed out after 60 seconds'],
  ])('has a line that says %s', async (kind, message) => {
    complete(line(message));

    expect((await ask()).events).toMatchObject([
      { kind, at: expect.stringMatching(/^2024-05-01T12:00/) as unknown },
    ]);
  });

  test('has the ids of all Items of a message', async () => {
    complete(line({ ...RECORD, itemId: ['tile_1', 'tile_2'] }));

    expect((await ask()).events[0]?.itemIds).toEqual(['tile_1', 'tile_2']);
  });

  test('leaves out lines about others whose names begin the same', async () => {
    complete(line({ ...RECORD, itemId: 'tile_10', reason: 'x', about: 's3://b/tile_10.tif' }));

    expect((await ask()).events).toEqual([]);
  });

  test('says that there are more lines than it shows', async () => {
    complete(...Array.from({ length: 200 }, () => line(RECORD)));

    expect((await ask()).note).toContain('only the newest 200 lines');
  });

  test('is given up at the deadline, with the lines that were found, and the query is stopped', async () => {
    logs.on(StartQueryCommand).resolves({ queryId: 'q' });
    logs.on(GetQueryResultsCommand).resolves({ status: 'Running', results: [line(RECORD)] });
    logs.on(StopQueryCommand).rejects(new Error('it has ended'));

    const { events, note } = await ask();

    expect(events).toHaveLength(1);
    expect(note).toContain('had not ended in the time');
    expect(logs.commandCalls(StopQueryCommand)).toHaveLength(1);
  });

  test.each(['Failed', 'Cancelled', 'Timeout'] as const)(
    'says that its query ended as %s',
    async (status) => {
      logs.on(StartQueryCommand).resolves({ queryId: 'q' });
      logs.on(GetQueryResultsCommand).resolves({ status });

      expect((await ask()).note).toBe(`the query of the log ended as ${status}`);
    },
  );

  test('that does not exist or is denied is an error with its name', async () => {
    logs
      .on(StartQueryCommand)
      .rejectsOnce(new ResourceNotFoundException({ message: 'no', $metadata: {} }))
      .rejectsOnce(
        Object.assign(new Error('not authorized to perform: logs:StartQuery'), {
          name: 'AccessDeniedException',
        }),
      );

    await expect(ask()).rejects.toThrow(
      'log group /aws/lambda/demo-example-app does not exist in eu-central-1',
    );
    await expect(ask()).rejects.toThrow('not authorized to perform: logs:StartQuery');
  });
});

test('a query quotes what is given, so that it cannot be another query', () => {
  const query = insightsQuery(['a" or 1=1 | limit 1', 'b\\c']);

  expect(query).toContain(
    String.raw`@message like "a\\\" or 1=1 | limit 1" or @message like "b\\\\c"`,
  );
});

test('a query is never longer than CloudWatch accepts', () => {
  expect(
    insightsQuery(Array.from({ length: 500 }, (_, index) => `${index}`.padStart(100, 'x'))).length,
  ).toBeLessThan(10_000);
});
