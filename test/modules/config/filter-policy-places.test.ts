import { expect, test } from '@jest/globals';
import { configOf, problemsOf, yamlOf } from '../../support/stacks/config-folder.js';

const TOPIC = 'arn:aws:sns:us-west-2:123456789012:new-waves';

function problemsWith(...lines: readonly string[]): readonly string[] {
  return problemsOf(`${yamlOf({ sns: TOPIC })}${lines.join('\n')}\n`);
}

test('[N25] a misspelled operator of the filter policy is refused at its line and column', () => {
  expect(
    problemsWith(
      'sns_filter_policy:',
      '  type: [grd]',
      '  key:',
      '    - prefix: GRD/',
      '    - sufix: manifest.safe',
    ),
  ).toEqual([
    '10:7 sns_filter_policy: at key: sufix is not an operator of SNS filter policies; did you mean suffix?',
  ]);
});

test('[N25] every fault of a filter policy has its own line', () => {
  expect(
    problemsWith(
      'sns_filter_policy:',
      '  $or:',
      '    - type: grd',
      '    - size: [{ numeric: [">", many] }]',
      '  mode: [IW, [EW]]',
    ).map((line) => line.slice(0, 41).trim()),
  ).toEqual([
    '8:7 sns_filter_policy: at $or.type: must',
    '9:16 sns_filter_policy: at $or.size: nume',
    '10:14 sns_filter_policy: at mode: must co',
  ]);
});

test('[N25] a number where an operator takes text is refused, once', () => {
  expect(problemsWith('sns_filter_policy:', '  a: [{ prefix: 20 }, { suffix: 1.10 }]')).toEqual([
    '7:9 sns_filter_policy: at a: prefix must be text: put it in quotes',
    expect.stringContaining('7:33 sns_filter_policy: has the value 1.10, which YAML reads as'),
  ]);
});

test('[N25] too many combinations are reported at the policy', () => {
  const values = Array.from({ length: 151 }, (_, index) => `v${index}`).join(', ');

  expect(problemsWith('sns_filter_policy:', `  a: [${values}]`)).toEqual([
    expect.stringMatching(
      /^7:3 sns_filter_policy: may have at most 150 combinations of values, not 151/,
    ),
  ]);
});

test('a nested policy is refused for message attributes, which are not nested', () => {
  const policy = ['sns_filter_policy:', '  mode: [IW]', '  object:', '    key: [a]'];

  expect(problemsWith(...policy)).toEqual([]);
  expect(problemsWith(...policy, 'sns_filter_policy_scope: MessageAttributes')).toEqual([
    '8:3 sns_filter_policy: at object: must be a list of accepted values, because message attributes are not nested; ' +
      'for a policy on the body of messages leave sns_filter_policy_scope out',
  ]);
});

test('a nested name in a branch of $or is refused for message attributes too, and lists are not', () => {
  const scope = 'sns_filter_policy_scope: MessageAttributes';

  expect(
    problemsWith('sns_filter_policy:', '  $or: [{ a: [x] }, { b: { c: [z] } }]', scope),
  ).toEqual([expect.stringMatching(/^7:23 sns_filter_policy: at b: must be a list/)]);
  expect(
    configOf({
      sns: TOPIC,
      sns_filter_policy: '{ $or: [{ a: [x] }, { b: [{ prefix: z }] }] }',
      sns_filter_policy_scope: 'MessageAttributes',
    }).sns_filter_policy_scope,
  ).toBe('MessageAttributes');
});
