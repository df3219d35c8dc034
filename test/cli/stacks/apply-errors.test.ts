import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ApplyErrors, errorsIn } from '../../../cli/stacks/apply-errors.js';

const TIME = '2026-11-29T07:28:42.085Z';

describe("the errors in Terraform's log", () => {
  test('are those of resources, each address once, with the last error', () => {
    const log = [
      `${TIME} [ERROR] AttachSchemaTransformer: no schema for something`,
      `${TIME} [ERROR] vertex "aws_sqs_queue.a" error: first`,
      `${TIME} [ERROR] vertex "aws_sqs_queue.b[0]" error: creating: https://x "quoted"`,
      `${TIME} [WARN]  vertex "aws_sqs_queue.c" error: none`,
      `${TIME} [ERROR] vertex "aws_sqs_queue.a" error: second`,
    ].join('\n');

    expect(errorsIn(log)).toEqual([
      { address: 'aws_sqs_queue.a', text: 'second' },
      { address: 'aws_sqs_queue.b[0]', text: 'creating: https://x "quoted"' },
    ]);
  });

  test('may have several lines', () => {
    const log = `${TIME} [ERROR] vertex "a.b" error: one\n  two\n${TIME} [ERROR] other\n`;

    expect(errorsIn(log)).toEqual([{ address: 'a.b', text: 'one two' }]);
  });

  test('are none in an empty log', () => {
    expect(errorsIn('')).toEqual([]);
  });
});

describe('the log of an apply', () => {
  test('is read once, and deleted', () => {
    const errors = new ApplyErrors({});
    const { TF_LOG_PATH = '', ...others } = errors.variables;
    writeFileSync(TF_LOG_PATH, readFileSync('test/fixtures/existing-resources.txt'));

    expect(others).toEqual({ TF_LOG_CORE: 'ERROR' });
    expect(errors.take()).toHaveLength(14);
    expect(existsSync(dirname(TF_LOG_PATH))).toBe(false);
    expect(errors.take()).toEqual([]);
  });

  test.each(['TF_LOG', 'TF_LOG_CORE', 'TF_LOG_PATH'])('leaves %s of the user alone', (name) => {
    const errors = new ApplyErrors({ [name]: 'DEBUG' });

    expect(errors.variables).toEqual({});
    expect(errors.take()).toEqual([]);
  });
});
