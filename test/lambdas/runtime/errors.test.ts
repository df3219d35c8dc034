import { inspect } from 'node:util';
import { runInNewContext } from 'node:vm';
import { expect, test } from '@jest/globals';
import { errorCode, tryAwsStatus } from '../../../lambdas/runtime/error-codes.js';
import {
  ConfigurationError,
  failureOf,
  GranuleError,
  IngestorError,
  MessageError,
  PipelineError,
  QueryError,
  ReadError,
  TokenError,
  ValidationError,
} from '../../../lambdas/runtime/errors.js';

const cause = new Error('below');

test.each<[PipelineError, string, 'permanent' | 'transient']>([
  [new MessageError('m', { cause }), 'MessageError', 'permanent'],
  [new GranuleError('m', { href: 'h' }, { cause }), 'GranuleError', 'permanent'],
  [new ReadError('m', { href: 'h', kind: 'permanent', cause }), 'ReadError', 'permanent'],
  [new ReadError('m', { href: 'h', kind: 'transient', cause }), 'ReadError', 'transient'],
  [new IngestorError('m', { kind: 'permanent', cause }), 'IngestorError', 'permanent'],
  [new TokenError('m', { cause }), 'TokenError', 'transient'],
  [new QueryError('m', { kind: 'transient', cause }), 'QueryError', 'transient'],
  [new ConfigurationError('m', { cause }), 'ConfigurationError', 'transient'],
])('%s keeps its name, kind, message and cause', (error, name, kind) => {
  expect(failureOf(error)).toEqual({ name, kind, message: 'm' });
  expect(error.kind).toBe(kind);
  expect(error.cause).toBe(cause);
  expect(error).toBeInstanceOf(PipelineError);
});

test('errors carry the details of what failed', () => {
  const fault = { href: 'h', line: 3 };

  expect(new GranuleError('m', fault).fault).toEqual(fault);
  expect(new ReadError('m', { href: 'h', kind: 'permanent' }).href).toBe('h');
  expect(new IngestorError('m', { status: 422, kind: 'permanent' }).status).toBe(422);
  expect(new IngestorError('m', { kind: 'transient' }).status).toBeUndefined();
});

test('a ValidationError lists every fault', () => {
  const error = new ValidationError("Item 'a'", ['one', 'two']);

  expect(failureOf(error)).toEqual({
    kind: 'permanent',
    name: 'ValidationError',
    message: "Item 'a' is not valid STAC: one; two",
  });
  expect(error.faults).toEqual(['one', 'two']);
});

test('an unexpected error is transient', () => {
  expect(failureOf(new TypeError('x'))).toEqual({
    kind: 'transient',
    name: 'TypeError',
    message: 'x',
  });
  expect(failureOf(Object.assign(new Error('x'), { kind: 'odd' })).kind).toBe('transient');
});

test('an error from another bundle or realm is recognized', () => {
  const foreign: unknown = runInNewContext(
    "Object.assign(new RangeError('x'), { kind: 'permanent', code: 'ENOENT' })",
  );

  expect(failureOf(foreign)).toEqual({ kind: 'permanent', name: 'RangeError', message: 'x' });
  expect(errorCode(foreign)).toBe('ENOENT');
});

test('a thrown value that is not an error is shown on one line', () => {
  expect(failureOf('text')).toEqual({
    kind: 'transient',
    name: 'UnknownError',
    message: "thrown: 'text'",
  });
  const long = { text: 'x'.repeat(100), more: 'y'.repeat(100), deep: { deeper: { deepest: 1 } } };
  const { message } = failureOf(long);
  expect(message).not.toContain('\n');
  expect(message).toContain('deep: { deeper: [Object] }');
  expect(failureOf({ kind: 'permanent' }).kind).toBe('transient');
});

test.each<[string, () => unknown, { name: string; message: string }]>([
  ['no message', () => new Error(), { name: 'Error', message: '(an error without a message)' }],
  [
    'a message of spaces',
    () => new Error(' \n'),
    { name: 'Error', message: '(an error without a message)' },
  ],
  [
    'no name',
    () => Object.assign(new Error('m'), { name: undefined }),
    { name: 'Error', message: 'm' },
  ],
  [
    'an empty name',
    () => Object.assign(new Error('m'), { name: '' }),
    { name: 'Error', message: 'm' },
  ],
  [
    'a message that is not a string',
    () => Object.assign(new Error('m'), { message: { code: 7 } }),
    { name: 'Error', message: '{ code: 7 }' },
  ],
  [
    'the class that fetch throws on a timeout',
    () => new DOMException('no answer', 'TimeoutError'),
    { name: 'TimeoutError', message: 'no answer' },
  ],
])('[B05] an error with %s becomes a failure with a name and a message', (_, thrown, expected) => {
  expect(failureOf(thrown())).toEqual({ kind: 'transient', ...expected });
});

const boom = (): never => {
  throw new Error('boom');
};

test.each<[string, unknown]>([
  ['message', Object.defineProperty(new Error('m'), 'message', { get: boom })],
  ['kind', Object.defineProperty(new Error('m'), 'kind', { get: boom })],
  ['form', { [inspect.custom]: boom }],
])('[B05] a value whose %s throws when it is read still becomes a failure', (_, thrown) => {
  expect(failureOf(thrown)).toEqual({
    kind: 'transient',
    name: 'UnknownError',
    message: 'thrown: a value that throws when it is inspected',
  });
});

test('an error has a code only if it is a string', () => {
  expect(errorCode(Object.assign(new Error('x'), { code: 'EACCES' }))).toBe('EACCES');
  expect(errorCode(Object.assign(new Error('x'), { code: 5 }))).toBeUndefined();
  expect(errorCode(new Error('x'))).toBeUndefined();
  expect(errorCode({ code: 'EACCES' })).toBeUndefined();
});

test('the status of an SDK error is that of its response, if there was one', () => {
  const refused = Object.assign(new Error('no'), { $metadata: { httpStatusCode: 404 } });

  expect(tryAwsStatus(refused)).toBe(404);
  expect(tryAwsStatus({ $metadata: {} })).toBeUndefined();
  expect(tryAwsStatus({ $metadata: undefined })).toBeUndefined();
});

test.each([new Error('no'), null, undefined, 'text', 7])(
  '%p is not an error of the SDK, and has no status',
  (thrown) => {
    expect(tryAwsStatus(thrown)).toBeUndefined();
  },
);
