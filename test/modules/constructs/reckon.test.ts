import { App, TerraformOutput, TerraformStack, TerraformVariable } from 'cdktf';
import { expect, test } from '@jest/globals';
import { bigger, plus, smaller, times } from '../../../modules/constructs/reckon.js';

test('numbers are reckoned with at once', () => {
  expect([plus(2, 3), times(2, 3), smaller(2, 3), bigger(2, 3)]).toEqual([5, 6, 2, 3]);
});

test('references become expressions, however they are nested', () => {
  const stack = new TerraformStack(new App({ skipValidation: true }), 'reckoning');
  const seconds = new TerraformVariable(stack, 'seconds', { type: 'number' }).numberValue;
  const values = {
    product: plus(times(6, seconds), 20),
    least: smaller(plus(seconds, 60), 900),
    most: bigger(seconds, 300),
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
