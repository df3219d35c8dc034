import { describe, expect, test } from '@jest/globals';
import { conditionalBlock } from '../../../../modules/terraform/generate/conditional-block.js';
import { Conditions } from '../../../../modules/terraform/generate/presence.js';
import type { Presence } from '../../../../modules/terraform/generate/presence.js';

const PRESENCE: Presence = {
  resources: [[/\.letters$/, 'var.keep']],
  references: { 'var.topic': 'var.topic != null' },
  repeats: { columns: 'var.fields' },
};
const CONDITIONS = new Conditions(PRESENCE, new Set(['aws_sqs_queue.letters']));

/** Converts the block in a place where `given` already holds. */
function conditional(block: Readonly<Record<string, unknown>>, given?: string): unknown {
  return conditionalBlock(block, { presence: PRESENCE, conditions: CONDITIONS, given });
}

const LETTERS = '${aws_sqs_queue.letters.arn}';

describe('what refers to something that may be absent', () => {
  test('is null as an argument: a reference by itself, a text and a list by a condition', () => {
    expect(
      conditional({
        topic: '${var.topic}',
        letters: LETTERS,
        text: 'to ${var.topic}',
        actions: ['${var.topic}'],
      }),
    ).toEqual({
      topic: '${var.topic}',
      letters: '${one(aws_sqs_queue.letters[*].arn)}',
      text: '${var.topic != null ? "to ${var.topic}" : null}',
      actions: '${var.topic != null ? [var.topic] : null}',
    });
  });

  test('is a dynamic block over nothing as a block, the others stay where they are', () => {
    const always = { sid: 'Always', resources: ['${aws_sqs_queue.queue.arn}'] };

    expect(
      conditional({ statement: [always, { sid: 'Sometimes', resources: [LETTERS] }] }),
    ).toEqual({
      statement: [always],
      dynamic: {
        statement: {
          for_each: '${var.keep ? [1] : []}',
          content: { sid: 'Sometimes', resources: ['${aws_sqs_queue.letters[0].arn}'] },
        },
      },
    });
  });

  test('is left out of a map of environment variables', () => {
    expect(conditional({ environment: { variables: { A: 'a', TOPIC: '${var.topic}' } } })).toEqual({
      environment: {
        variables: '${merge({ A = "a" }, var.topic != null ? { TOPIC = var.topic } : {})}',
      },
    });
  });

  test('has no condition where the condition already holds', () => {
    expect(conditional({ letters: LETTERS, list: [LETTERS] }, 'var.keep')).toEqual({
      letters: '${aws_sqs_queue.letters[0].arn}',
      list: ['${aws_sqs_queue.letters[0].arn}'],
    });
  });
});

test('a block that mentions the value of its own iteration is repeated', () => {
  expect(conditional({ columns: [{ name: '${columns.value}' }] })).toEqual({
    dynamic: { columns: { for_each: '${var.fields}', content: { name: '${columns.value}' } } },
  });
});

test('an empty list of dependencies is left out, a full one stays as it is', () => {
  expect(conditional({ depends_on: [] })).toEqual({});
  expect(conditional({ depends_on: ['aws_sqs_queue.letters'] })).toEqual({
    depends_on: ['aws_sqs_queue.letters'],
  });
});

test('a metric of something that may be absent is left out of its list, and of no other', () => {
  const list = (name: string) => `"metrics" = [["AWS/SQS", "Depth", "QueueName", ${name}]]`;
  const body = `\${jsonencode({${list('aws_sqs_queue.letters.name')}, ${list('aws_sqs_queue.queue.name')}})}`;

  expect(conditional({ body })).toEqual({
    body:
      '${jsonencode({"metrics" = [for metric in [["AWS/SQS", "Depth", "QueueName", one(aws_sqs_queue.letters[*].name)]] : metric if metric[3] != null], ' +
      `${list('aws_sqs_queue.queue.name')}})}`,
  });
});

test('an expression with quotes inside a text is refused', () => {
  expect(() => conditional({ text: 'to ${lookup(var.topic, "a")}' })).toThrow(
    /quotes inside a text/,
  );
});
