import { expect, test } from '@jest/globals';
import { configOf, faultsOf } from '../../support/stacks/config-folder.js';

const sns = 'arn:aws:sns:us-west-2:123456789012:new-waves';

test.each([
  ['1.10', 'reads as the number 1.1: put it in quotes if it is text, or write 1.1'],
  ['007', 'reads as the number 7: put it in quotes if it is text, or write 7'],
  ['1e3', 'reads as the number 1000: put it in quotes if it is text, or write 1000'],
  ['0x1F', 'reads as the number 31: put it in quotes if it is text, or write 31'],
  [
    '12345678901234567890',
    'reads as the number 12345678901234567000: put it in quotes to keep all digits',
  ],
  ['+5', 'reads as the number 5: put it in quotes if it is text, or write 5'],
  ['yes', 'may read as true or false: put it in quotes if it is text, or write true or false'],
  ['~', 'reads as null: put it in quotes if it is text, or write null'],
  ['Null', 'reads as null: put it in quotes if it is text, or write null'],
  ['True', 'reads as true: put it in quotes if it is text, or write true'],
  ['FALSE', 'reads as false: put it in quotes if it is text, or write false'],
  ['.5', 'reads as the number 0.5: put it in quotes if it is text, or write 0.5'],
  ['Off', 'may read as true or false: put it in quotes if it is text, or write true or false'],
])('[N41] the filter value %s is refused without quotes', (value, message) => {
  const found = faultsOf({ sns, sns_filter_policy: `{ a: { b: [ok, ${value}] } }` });

  expect(found).toEqual([`sns_filter_policy: has the value ${value}, which YAML ${message}`]);
});

test('[N41] what is in quotes, and a number or word in one form only, is kept', () => {
  const policy = `{ a: ["1.10", '007', "yes", 1.1, 7, -3, true, null, yesterday, 1.1.0] }`;

  expect(configOf({ sns, sns_filter_policy: policy }).sns_filter_policy).toEqual({
    a: ['1.10', '007', 'yes', 1.1, 7, -3, true, null, 'yesterday', '1.1.0'],
  });
});

test('[N41] a value within a matcher is refused, too', () => {
  const found = faultsOf({ sns, sns_filter_policy: '{ a: [{ prefix: 1.10 }] }' });

  expect(found).toContain(
    'sns_filter_policy: has the value 1.10, which YAML reads as the number 1.1: put it in quotes if it is text, or write 1.1',
  );
});

test('[N41] an empty element of a list is refused, because YAML reads it as null', () => {
  expect(faultsOf({ sns, sns_filter_policy: '\n  a:\n    -\n    - b' })).toEqual([
    'sns_filter_policy: has an empty element, which YAML reads as null: write null, or remove it',
  ]);
});

test('[N41] yes and no are text as a tag, the name of a tag and of a property', () => {
  const fields = { sns, tags: '{ Billable: yes, on: call }', sns_filter_policy: '{ no: [x] }' };

  expect(configOf(fields)).toMatchObject({
    tags: { Billable: 'yes', on: 'call' },
    sns_filter_policy: { no: ['x'] },
  });
});

test.each(['1.10', '~', 'True', '007'])(
  '[N41] the tag and the name of a property %s are refused without quotes',
  (word) => {
    expect(faultsOf({ tags: `{ a: ${word} }` })).toHaveLength(1);
    expect(faultsOf({ tags: `{ ${word}: a }` })).toEqual([
      `tags.${word}: is a key that is not text: put it in quotes`,
    ]);
    expect(faultsOf({ sns, sns_filter_policy: `{ b: [c], ${word}: [a] }` })).toEqual([
      `sns_filter_policy.${word}: is a key that is not text: put it in quotes`,
    ]);
  },
);
