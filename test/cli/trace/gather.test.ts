import { describe, expect, test } from '@jest/globals';
import type { EventKind, SourceName, TraceEvent } from '../../../cli/trace/event.js';
import { gatherTrace } from '../../../cli/trace/gather.js';
import { traceJson, traceText } from '../../../cli/trace/report.js';
import type { Asking, Source } from '../../../cli/trace/source.js';
import { subjectFor } from '../../../cli/trace/subject.js';

const SUBJECT = subjectFor('a/tile_1.tif', { texts: [], itemIds: [] });
const NOW = Date.parse('2024-05-01T12:30:00Z');

function event(source: SourceName, kind: EventKind, fields: Partial<TraceEvent> = {}): TraceEvent {
  return { source, kind, at: '2024-05-01T12:00:00.000Z', what: `${kind} it`, ...fields };
}

/** A source that answers with these events, whatever it is asked for. */
function source(name: SourceName, ...events: TraceEvent[]): Source {
  return { name, wants: ({ texts }) => texts, ask: () => Promise.resolve({ events }) };
}

function failing(name: SourceName, message: string): Source {
  return { name, wants: ({ texts }) => texts, ask: () => Promise.reject(new Error(message)) };
}

function gather(...sources: Source[]) {
  return gatherTrace(SUBJECT, { sources, leftOut: [], waitMs: 60_000, now: () => NOW });
}

describe('the sources of a trace', () => {
  test('are asked again for what the others found out, and only for that', async () => {
    const asked: (readonly string[])[] = [];
    const catalogue: Source = {
      name: 'catalogue',
      wants: ({ itemIds }) => itemIds,
      ask: ({ wanted }: Asking) => {
        asked.push(wanted);
        return Promise.resolve({
          events: wanted.map((id) => event('catalogue', 'item', { itemIds: [id] })),
        });
      },
    };
    const log = source(
      'log of app',
      event('log of app', 'posted', { itemIds: ['tile-1'], messageId: 'm' }),
    );

    const trace = await gather(catalogue, log);

    expect(asked).toEqual([['tile-1']]);
    expect(trace.conclusion).toBe('In the catalogue since 2024-05-01 12:00Z, as Item tile-1.');
    expect(trace.needsAttention).toBe(false);
  });

  test('that fail hide none of the others, and are named with the reason', async () => {
    const trace = await gather(
      failing(
        'dead letters',
        'cannot access queue q: not authorized to perform: sqs:ReceiveMessage',
      ),
      source('catalogue', event('catalogue', 'item', { itemIds: ['tile-1'] })),
      source('log of app'),
    );

    expect(trace.sources).toMatchObject([
      {
        source: 'dead letters',
        state: 'unknown',
        why: expect.stringContaining('sqs:ReceiveMessage') as unknown,
        isFault: true,
      },
      { source: 'catalogue', state: 'found', isFault: false },
      { source: 'log of app', state: 'nothing', isFault: false },
    ]);
    expect(trace.conclusion).toBe('In the catalogue, as Item tile-1; not known: dead letters.');
    expect(trace.needsAttention).toBe(true);
  });

  test('that hang are given up', async () => {
    const hanging: Source = {
      name: 'ingestor',
      wants: ({ texts }) => texts,
      ask: () => new Promise(() => undefined),
    };

    const trace = await gatherTrace(SUBJECT, { sources: [hanging], leftOut: [], waitMs: 1 });

    expect(trace.sources).toMatchObject([
      { state: 'unknown', why: expect.stringContaining('--wait') as unknown },
    ]);
    expect(trace.conclusion).toBe('Nothing is known about a/tile_1.tif; not known: ingestor.');
  });

  test('that have nothing to look for are unknown, which is not a fault', async () => {
    const without: Source = {
      ...source('ingestor'),
      wants: () => [],
      without: 'no Item id is known for it',
    };

    const trace = await gather(without);

    expect(trace.sources).toMatchObject([
      { source: 'ingestor', state: 'unknown', why: 'no Item id is known for it', isFault: false },
    ]);
  });

  test('that answer in part say so', async () => {
    const part: Source = {
      ...source('log of app'),
      ask: () => Promise.resolve({ events: [], note: 'not all' }),
    };

    expect((await gather(part)).sources).toMatchObject([
      { state: 'unknown', why: 'not all', isFault: true },
    ]);
  });

  test('show no token, wherever one is', async () => {
    const token = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl';
    const trace = await gather(
      failing('ingestor', `GET https://i failed with Bearer ${token}`),
      source(
        'log of app',
        event('log of app', 'logged', {
          what: `token=${token}`,
          reason:
            'https://b.s3.amazonaws.com/k?X-Amz-Credential=AKIAIOSFODNN7EXAMPLE/x&X-Amz-Signature=abcdef0123',
          about: '{"client_secret":"hunter2hunter2"}',
        }),
      ),
    );

    const shown = [traceText(HEAD, trace), traceJson(HEAD, trace)].join('\n');
    for (const secret of [token, 'abcdef0123', 'AKIAIOSFODNN7EXAMPLE', 'hunter2hunter2'])
      expect(shown).not.toContain(secret);
  });
});

const HEAD = { pipeline: 'example', collection: 'tiles' };

describe('the conclusion', () => {
  const letter = (at: string) =>
    event('dead letters', 'dead-letter', { at, reason: 'ReadError: access denied' });
  const item = event('catalogue', 'item', { at: undefined, itemIds: ['t'] });

  test.each<[string, readonly TraceEvent[], string, boolean]>([
    [
      'dead letters',
      [letter('2024-05-01T12:00:00Z')],
      'In the dead letters since 2024-05-01 12:00Z because of ReadError: access denied; not in the catalogue as far as is known.',
      true,
    ],
    [
      'a later dead letter',
      [item, event('log of app', 'posted'), letter('2024-05-01T12:10:00Z')],
      'In the catalogue since 2024-05-01 12:00Z, as Item t, but a later message about it is in the dead letters because of ReadError: access denied.',
      true,
    ],
    [
      'an older dead letter',
      [item, event('log of app', 'posted'), letter('2024-05-01T11:10:00Z')],
      'In the catalogue since 2024-05-01 12:00Z, as Item t, but an earlier message about it is in the dead letters because of ReadError: access denied.',
      true,
    ],
    [
      'a failed ingestion',
      [event('ingestor', 'failed', { reason: 'pgSTAC said no' })],
      'Posted, but the ingestor failed to load it at 2024-05-01 12:00Z: pgSTAC said no.',
      true,
    ],
    [
      'a message that is back',
      [event('pending posts', 'requeued')],
      'Posted at 2024-05-01 12:00Z but not loaded; its message is back on the queue.',
      false,
    ],
    [
      'a new post',
      [event('pending posts', 'pending')],
      'Posted at 2024-05-01 12:00Z, and not loaded yet.',
      false,
    ],
    [
      'an old post',
      [event('pending posts', 'pending', { at: '2024-05-01T10:00:00Z' })],
      'Posted at 2024-05-01 10:00Z, and not loaded yet, although that takes seconds.',
      true,
    ],
    [
      'a load that no catalogue has',
      [event('ingestor', 'loaded')],
      'Loaded at 2024-05-01 12:00Z by what the ingestor says, but not seen in the catalogue.',
      true,
    ],
    [
      'an older version',
      [event('log of app', 'superseded')],
      'Left alone at 2024-05-01 12:00Z, because a newer version was posted.',
      false,
    ],
    [
      'a skipped message',
      [event('log of app', 'skipped')],
      'Skipped at 2024-05-01 12:00Z: the pipeline makes no Item of it.',
      false,
    ],
    [
      'a retry',
      [event('log of app', 'retry', { reason: 'HTTP 503' })],
      'Tried again since 2024-05-01 12:00Z because of HTTP 503.',
      true,
    ],
    [
      'a redriven dead letter',
      [event('log of app', 'dead', { reason: 'bad' })],
      'Became a dead letter at 2024-05-01 12:00Z because of bad, and is not in the dead letters any more.',
      true,
    ],
    [
      'a post alone',
      [event('log of app', 'posted')],
      'Posted at 2024-05-01 12:00Z, but not seen in the catalogue.',
      true,
    ],
    [
      'a refused row',
      [event('log of historic', 'row-refused', { reason: 'bad key' })],
      'Refused by the backfill at 2024-05-01 12:00Z because of bad key.',
      true,
    ],
    [
      'an object alone',
      [event('inventory', 'object')],
      'In the inventory; never seen in versions: a/tile_1.tif.',
      true,
    ],
    [
      'a line of the log alone',
      [event('log of app', 'logged')],
      'Not posted as far as is known: the log mentions it at 2024-05-01 12:00Z.',
      true,
    ],
    ['nothing', [], 'Never seen in log of app, versions: a/tile_1.tif.', true],
  ])('names %s', async (...given) => {
    const [, events, conclusion, needsAttention] = given;
    const trace = await gather(source('log of app', ...events), source('versions'));

    expect(trace).toMatchObject({ conclusion, needsAttention });
  });
});

test('the page has the events by time, what is unknown and why, and the conclusion', async () => {
  const late = event('log of app', 'posted', {
    at: '2024-05-01T12:05:00.000Z',
    itemIds: ['tile-1'],
    about: 'a/tile_1.tif',
    messageId: 'm-1',
  });
  const trace = await gatherTrace(SUBJECT, {
    sources: [
      {
        ...source(
          'log of app',
          late,
          event('log of app', 'retry', { reason: 'ReadError: slow\ndown' }),
        ),
        scope: 'from x to y',
      },
      failing('ingestor', 'the secret cannot be read'),
      source('dead letters'),
      source('catalogue', event('catalogue', 'item', { at: undefined, itemIds: ['tile-1'] })),
    ],
    leftOut: [{ name: 'inventory', why: 'it costs' }],
    waitMs: 60_000,
    now: () => NOW,
  });

  expect(traceText(HEAD, trace).split('\n')).toEqual([
    'example (Collection tiles): a/tile_1.tif',
    '',
    'TIME                  SOURCE      WHAT',
    '2024-05-01 12:00:00Z  log of app  retry it: ReadError: slow down',
    '2024-05-01 12:05:00Z  log of app  posted it; Item tile-1; a/tile_1.tif; message m-1',
    '-                     catalogue   item it; Item tile-1',
    '',
    'ingestor, 2024-05-01 12:30Z: unknown: the secret cannot be read',
    'dead letters, 2024-05-01 12:30Z: nothing',
    'inventory, 2024-05-01 12:30Z: not asked: it costs',
    '',
    'In the catalogue since 2024-05-01 12:05Z, as Item tile-1; not known: ingestor.',
  ]);
  expect(JSON.parse(traceJson(HEAD, trace))).toMatchObject({
    pipeline: 'example',
    given: 'a/tile_1.tif',
    itemIds: ['tile-1'],
    needsAttention: true,
  });
});
