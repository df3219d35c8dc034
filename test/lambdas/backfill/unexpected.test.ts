import { expect, test } from '@jest/globals';
import { GranuleError } from '../../../lambdas/runtime/errors.js';
import { callPipeline } from '../../../lambdas/backfill/query.js';
import { sendPage } from '../../../lambdas/backfill/send.js';
import { backfillKit } from '../../support/backfill/collaborators.js';
import { codeAt } from '../../support/pipeline-code.js';

const careless = codeAt<() => never>('pipelines/x/historic.ts', '() => {\n  return ({}).a.b;\n}');
const PLACE =
  /Cannot read properties of undefined \(reading 'b'\) at pipelines\/x\/historic\.ts:2:\d+$/;
const FRAME = /\n {4}at .*pipelines\/x\/historic\.ts:2:\d+\)?(\n|$)/;

function thrownBy(name: string, code: () => unknown): Error {
  try {
    callPipeline(name, code);
  } catch (error) {
    return error as Error;
  }
  throw new Error('threw nothing');
}

test.each(['queryInventory', 'nextChunk'])(
  '[N22] x.a.b in %s stops the backfill with the place, and Lambda logs the stack of it',
  (name) => {
    const error = thrownBy(name, careless);

    expect(error).toMatchObject({ name: 'QueryError', kind: 'permanent' });
    expect(error.message).toMatch(PLACE);
    expect(error.message).toContain(`${name} in historic.ts threw an error: `);
    expect(error.stack).toMatch(FRAME);
    expect(error.stack).not.toContain(process.cwd());
  },
);

test('[N22] an error that nextChunk throws on purpose gets no place', () => {
  const error = thrownBy('nextChunk', () => {
    throw new GranuleError("the chunk '2022-13' is not a month", { href: '' });
  });

  expect(error.message).toBe(
    "nextChunk in historic.ts threw an error: the chunk '2022-13' is not a month",
  );
});

test('[N22] x.a.b in rowToMessageBody refuses the row with the place, and the stack is logged', async () => {
  const kit = backfillKit({ inventory: 's3://b/i', resultsFolder: 'never-written' });
  const pipeline = {
    queryInventory: () => '',
    rowToMessageBody: careless,
    nextChunk: () => undefined,
  };
  const run = { ...kit, owner: 'o', eventId: 'e', nearEnd: () => false, pipeline };
  const page = { columns: ['key'], position: { offset: 0 }, size: 0, last: true };
  const records = Array.from({ length: 150 }, (_, index) => [`k${index}`]);

  const counts = await sendPage({ ...page, records }, run);

  expect(counts).toMatchObject({ rows: 150, refused: 150 });
  const [first] = kit.log.lines;
  expect(first?.fields).toMatchObject({
    key: 'k0',
    reason: expect.stringMatching(PLACE) as unknown,
    stack: expect.stringMatching(FRAME) as unknown,
  });
});
