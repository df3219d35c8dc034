import { App, TerraformOutput, TerraformStack, TerraformVariable } from 'cdktf';
import { expect, test } from '@jest/globals';
import { add, max, min, multiply } from '../../../modules/constructs/tokens.js';

test('known numbers are calculated at synth', () => {
  expect([add(2, 3), multiply(2, 3), min(2, 3), max(2, 3)]).toEqual([5, 6, 2, 3]);
});

test('references become expressions, however they are nested', () => {
  const stack = new TerraformStack(new App({ skipValidation: true }), 'arithmetic');
  const seconds = new TerraformVariable(stack, 'seconds', { type: 'number' }).numberValue;
  const values = {
    product: add(multiply(6, seconds), 20),
    least: min(add(seconds, 60), 900),
    most: max(seconds, 300),
  };

  for (const [id, value] of Object.entries(values)) new TerraformOutput(stack, id, { value });

  expect(stack.toTerraform()).toMatchObject({
    output: {
      product: { value: '${((6 * var.seconds) + 20)}' },
      least: { value: '${min((var.seconds + 60), 900)}' },
      most: { value: '${max(var.seconds, 300)}' },
    },
  });
});
