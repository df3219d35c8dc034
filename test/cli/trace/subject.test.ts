import { describe, expect, test } from '@jest/globals';
import { askCode } from '../../../cli/trace/code.js';
import {
  isBodyAbout,
  learnFrom,
  mentions,
  placeOf,
  subjectFor,
} from '../../../cli/trace/subject.js';
import type { GranuleMessage } from '../../../lambdas/granule/message.js';
import { s3EventBody } from '../../../lambdas/source/s3-event.js';

const NOTHING = { texts: [], itemIds: [] };

describe('what is given', () => {
  test.each([
    ['s3://tiles/a/b 1.tif', { bucket: 'tiles', key: 'a/b 1.tif' }],
    [
      'https://tiles.s3.eu-central-1.amazonaws.com/a/b%201.tif?x=1',
      { bucket: 'tiles', key: 'a/b 1.tif' },
    ],
    ['https://s3.us-west-2.amazonaws.com/tiles/a/b.tif', { bucket: 'tiles', key: 'a/b.tif' }],
    ['a/b.tif', { bucket: undefined, key: 'a/b.tif' }],
    ['b.tif', { bucket: undefined, key: 'b.tif' }],
    ['S1A_IW_GRDH', undefined],
    ['https://example.com/a/b.tif', undefined],
  ])('%s is read as %o', (given, place) => {
    expect(placeOf(given)).toEqual(place);
  });

  test('is also looked for as S3 encodes it, and its names may be ids', () => {
    const subject = subjectFor('s3://tiles/2024/tile 1.tif', NOTHING);

    expect(subject.texts).toEqual([
      's3://tiles/2024/tile 1.tif',
      '2024/tile 1.tif',
      '2024/tile+1.tif',
    ]);
    expect(subject.itemIds).toEqual([]);
    expect(subject.guesses).toEqual(['2024', 'tile 1.tif', 'tile 1']);
  });

  test('may be the id of an Item, a granule or a message', () => {
    expect(subjectFor('S1A_1', NOTHING)).toMatchObject({
      texts: ['S1A_1'],
      itemIds: ['S1A_1'],
      messageIds: ['S1A_1'],
      guesses: [],
    });
  });

  test('leads to what events say about it', () => {
    const subject = subjectFor('a/b.tif', NOTHING);
    const event = { source: 'log of app', kind: 'posted', at: undefined, what: 'x' } as const;

    const learnt = learnFrom(subject, [
      { ...event, itemIds: ['b-1', 'b-2'], messageId: 'm', correlationId: 'c' },
      { ...event, itemIds: ['b-1'], messageId: 'm' },
    ]);

    expect([learnt.itemIds, learnt.messageIds]).toEqual([
      ['b-1', 'b-2'],
      ['m', 'c'],
    ]);
  });
});

describe('a word', () => {
  test.each([
    ['a/tile_1.tif', true],
    ['{"path":"tile_1"}', true],
    ['tile_1_red', true],
    ['tile_10', false],
    ['1tile_1', false],
    ['1tile_1, tile_1', true],
    ['', false],
  ])('tile_1 in %s: %s', (text, expected) => {
    expect(mentions(text, ['tile_1'])).toBe(expected);
  });

  test('that is empty is in no text', () => {
    expect(mentions('a', [''])).toBe(false);
  });

  test('is found in the body of a notification that encodes it', () => {
    const body = s3EventBody('tiles', 'ä b/(1).tif');
    const envelope = JSON.stringify({ Type: 'Notification', TopicArn: 't', Message: body });

    for (const given of ['ä b/(1).tif', 's3://tiles/ä b/(1).tif']) {
      expect(isBodyAbout(body, subjectFor(given, NOTHING))).toBe(true);
      expect(isBodyAbout(envelope, subjectFor(given, NOTHING))).toBe(true);
    }
    expect(isBodyAbout(body, subjectFor('ä b/(2).tif', NOTHING))).toBe(false);
    expect(isBodyAbout('not JSON', subjectFor('a', NOTHING))).toBe(false);
  });
});

describe("the pipeline's code", () => {
  const product = 'products/2022/4/20/S1A_20220420T014035_1234';
  const parseMessage = (message: GranuleMessage) => {
    const { path } = Object(message.type === 'custom' ? message.body : {}) as { path?: string };
    if (path === undefined) throw new Error('no path');
    return { href: `s3://archive/${path}` };
  };
  const rowToMessageBody = ({ key }: Readonly<Record<string, string | undefined>>) =>
    key?.endsWith('/manifest.safe') ? JSON.stringify({ path: key.slice(0, -14) }) : undefined;
  const code = { app: { parseMessage }, historic: { rowToMessageBody }, buckets: [] };

  test('says which granule a key belongs to', () => {
    expect(askCode(`${product}/manifest.safe`, code).texts).toEqual([
      `s3://archive/${product}`,
      product,
    ]);
  });

  test('says which Item a key makes, if it knows', () => {
    const historic = {
      rowToMessageBody: () => undefined,
      itemIdOf: ({ key }: Readonly<Record<string, string | undefined>>) => key?.split('/')[1],
    };

    expect(askCode('a/b/c.tif', { ...code, historic }).itemIds).toEqual(['b']);
  });

  test('that throws, or is given an id, says nothing', () => {
    const historic = {
      rowToMessageBody: () => {
        throw new Error('no');
      },
    };

    expect(askCode('a/b.tif', { ...code, historic, buckets: ['x'] })).toEqual(NOTHING);
    expect(askCode('S1A', code)).toEqual(NOTHING);
  });
});
