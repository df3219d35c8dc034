import { describe, expect, test } from '@jest/globals';
import { destroyState, terraformOptions } from '../../../cli/stacks/destroy-state.js';
import { stateOf } from '../../../cli/stacks/states.js';
import { stateText } from '../../support/cli/state-fixture.js';

describe('the options of a destroy without a folder', () => {
  test('are those of cdktf that Terraform has, too', () => {
    expect(terraformOptions(['--auto-approve', '--no-color'], {})).toEqual([
      '-auto-approve',
      '-no-color',
    ]);
    expect(terraformOptions([], { isTTY: true })).toEqual([]);
  });

  test('are refused otherwise', () => {
    expect(() => terraformOptions(['--auto-approve', '--parallelism=2'], {})).toThrow(
      '--parallelism=2 does not apply to a stack without a folder, which Terraform destroys without cdktf (known: --auto-approve, --no-color)',
    );
  });

  test('need --auto-approve if no one can be asked', () => {
    expect(() => terraformOptions([], {})).toThrow(/stdin is not a terminal. Pass --auto-approve/);
  });
});

test('a state without resources needs no Terraform, and no exit code but 0', async () => {
  const said: string[] = [];
  const only = {
    stack: 'tides',
    key: 'demo/tides.tfstate',
    state: { kind: 's3', bucket: 'states', region: 'eu-central-1' },
    content: stateOf(stateText(), ''),
  } as const;

  const code = await destroyState(only, {
    root: '/nowhere',
    options: [],
    env: {},
    say: (sentence) => said.push(sentence),
  });

  expect({ code, said }).toEqual({
    code: 0,
    said: ['nothing to destroy: s3://states/demo/tides.tfstate has no resources'],
  });
});
