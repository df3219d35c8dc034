import { describe, expect, test } from '@jest/globals';
import { CONFIG_KEYS, CONFIG_FIELDS, numberKeys } from '../../../modules/config/fields.js';
import type { Field } from '../../../modules/config/fields/field.js';
import { configSchema } from '../../../modules/config/schema.js';
import { numberReferences } from '../../../modules/terraform/references/pipeline.js';
import { PIPELINE } from '../../../modules/terraform/modules/pipeline.js';
import { moduleJson } from '../../../modules/terraform/generate/json.js';
import type { TerraformModule } from '../../../modules/terraform/generate/module.js';
import { pipelineVariables } from '../../../modules/terraform/variables/pipeline.js';
import { CONFIG_GROUPS, configPage } from '../../../modules/config/page.js';
import { MINIMAL } from '../../support/stacks/config-folder.js';

const ROW = {
  kind: 'number',
  min: 2,
  max: 9,
  unit: 'lighthouses',
  default: 4,
  says: 'the number of lighthouses along the shore',
} as const satisfies Field;

const TABLE = { ...CONFIG_FIELDS, max_lighthouses: ROW };

describe('a row for a number in the table of config keys', () => {
  test('is a key that the schema checks by its range', () => {
    const parse = (value: unknown) =>
      configSchema(TABLE).safeParse({ ...MINIMAL, max_lighthouses: value });

    expect([1, 2, 9, 10, '5', 2.5].map((value) => parse(value).success)).toEqual([
      false,
      true,
      true,
      false,
      true,
      false,
    ]);
    expect(parse(10).error?.issues.map(({ message }) => message)).toEqual([
      'must be a whole number of lighthouses from 2 to 9',
    ]);
  });

  test('gives its default, and the value of a config over it, with the type of a number', () => {
    const { max_lighthouses: left }: { max_lighthouses: number } =
      configSchema(TABLE).parse(MINIMAL);
    const given = configSchema(TABLE).parse({ ...MINIMAL, max_lighthouses: 7 });

    expect([left, given.max_lighthouses]).toEqual([4, 7]);
  });

  test('is a variable of the Terraform module pipeline, with its validation', () => {
    const module = { ...PIPELINE, variables: pipelineVariables(TABLE) };

    expect(moduleJson(module).variables['max_lighthouses']).toEqual({
      type: 'number',
      description: 'The number of lighthouses along the shore.',
      default: 4,
      nullable: false,
      validation: [
        {
          condition:
            '${floor(var.max_lighthouses) == var.max_lighthouses && var.max_lighthouses >= 2 && var.max_lighthouses <= 9}',
          error_message: 'max_lighthouses must be a whole number of lighthouses from 2 to 9.',
        },
      ],
    });
  });

  test('is a setting that refers to this variable', () => {
    const module: TerraformModule = {
      ...PIPELINE,
      variables: pipelineVariables(TABLE),
      build: (stack) => {
        const { max_lighthouses: value } = numberReferences(stack, numberKeys(TABLE));
        stack.addOutputs({ lighthouses: { value, description: 'The setting.' } });
      },
    };

    expect(moduleJson(module).outputs['lighthouses']).toMatchObject({
      value: '${var.max_lighthouses}',
    });
  });

  test('is a row of docs/config.md', () => {
    const [functions, ...others] = CONFIG_GROUPS;
    if (functions === undefined) throw new Error('there is no group');
    const group = { ...functions, fields: { ...functions.fields, max_lighthouses: ROW } };

    expect(configPage([group, ...others])).toContain(
      '| `max_lighthouses` | The number of lighthouses along the shore. | whole number of lighthouses from 2 to 9 | `4` | |\n',
    );
  });
});

test('every key is in one group of docs/config.md', () => {
  const grouped = CONFIG_GROUPS.flatMap(({ fields }) => Object.keys(fields));

  expect([...grouped].sort()).toEqual([...CONFIG_KEYS].sort());
});
