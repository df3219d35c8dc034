import { expect, test } from '@jest/globals';
import * as z from 'zod/mini';
import { schemaFaults } from '../../../lambdas/stac/schema-faults.js';

const Schema = z.object({
  id: z.string(),
  bands: z.array(z.object({ name: z.string() })),
});
const valid = { id: 'a', bands: [{ name: 'b' }] };

test('a valid value has no faults', () => {
  expect(schemaFaults(Schema, valid)).toEqual([]);
});

test('every fault has its path, the expected type and the given value', () => {
  expect(schemaFaults(Schema, { id: 7, bands: [{ name: 'b' }, { name: null }] })).toEqual([
    'id: expected string, received number (given 7)',
    'bands.1.name: expected string, received null (given null)',
  ]);
});

test('a missing field is reported as missing', () => {
  expect(schemaFaults(Schema, { id: 'a' })).toEqual([
    'bands: is missing (expected array, received undefined)',
  ]);
  expect(schemaFaults(Schema, undefined)).toEqual([
    'is missing (expected object, received undefined)',
  ]);
});

test('the fault of a value that is not an object has no path', () => {
  expect(schemaFaults(Schema, 'text')).toEqual(['expected object, received string (given "text")']);
});

test('a function is shown as "a function"', () => {
  expect(schemaFaults(z.object({ id: z.string() }), { id: () => 'a' })).toEqual([
    'id: expected string, received function (given a function)',
  ]);
});

test.each([
  [58, ''],
  [59, '...'],
])('a string of %d characters is shown with its quotes up to 60 characters', (length, end) => {
  const [fault] = schemaFaults(z.array(z.number()), ['x'.repeat(length)]);
  const shown = `"${'x'.repeat(length)}"`.slice(0, 60);

  expect(fault).toBe(`0: expected number, received string (given ${shown}${end})`);
});

test('"Invalid input" is removed only from the start of a message', () => {
  const schema = z.object({
    id: z.string().check(z.refine(() => false, 'Not an Invalid input: x')),
  });

  expect(schemaFaults(schema, { id: 'a' })).toEqual(['id: Not an Invalid input: x (given "a")']);
});

test.each([null, 'text', undefined])('a field below %j is missing', (value) => {
  const schema = z.pipe(
    z.unknown(),
    z.unknown().check((context) => {
      context.issues.push({
        code: 'custom',
        message: 'must be there',
        input: context.value,
        path: ['a', 'length'],
      });
    }),
  );

  expect(schemaFaults(schema, { a: value })).toEqual(['a.length: is missing (must be there)']);
});

test('a field below a value without fields is missing', () => {
  const schema = z.pipe(
    z.unknown(),
    z.unknown().check((context) => {
      context.issues.push({
        code: 'custom',
        message: 'must be there',
        input: context.value,
        path: ['a', 'b'],
      });
    }),
  );

  expect(schemaFaults(schema, { a: 1 })).toEqual(['a.b: is missing (must be there)']);
});
