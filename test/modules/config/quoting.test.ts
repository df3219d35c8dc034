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
  ['Off', 'may read as true or false: put it in quotes if it is text, or write true or false'],
])('[N41] the filter value %s is refused without quotes', (value, message) => {
  const found = faultsOf({ sns, sns_filter_policy: `{ a: { b: [ok, { prefix: ${value} }] } }` });

  expect(found).toEqual([`sns_filter_policy: has the value ${value}, which YAML ${message}`]);
});

test('[N41] what is in quotes, and a number or word in one form only, is kept', () => {
  const policy = `{ a: ["1.10", '007', "yes", 1.1, 7, -3, true, null, yesterday, 1.1.0] }`;

  expect(configOf({ sns, sns_filter_policy: policy }).sns_filter_policy).toEqual({
    a: ['1.10', '007', 'yes', 1.1, 7, -3, true, null, 'yesterday', '1.1.0'],
  });
});
