import { CONFIG_FIELDS } from '../../config/fields.js';
import { BACKFILL_FIELDS } from '../../config/fields/backfill.js';
import type { Fields } from '../../config/fields/field.js';
import { PROJECT, RESERVED_BY_S3 } from '../../config/names.js';
import { IMAGE_VARIABLES } from './image.js';
import { CONFIG_VARIABLES, configVariables, required } from './config.js';
import { matches, VALUE } from './variable.js';
import type { Rule, Variable, Variables } from './variable.js';

function contains(zip: string): string {
  return `fileexists("\${${VALUE}}/${zip}.zip")`;
}

const FOLDER_RULES: readonly Rule[] = [
  {
    condition: `(var.image_uri != null || ${contains('app')}) && ${contains('collection')}`,
    must: 'be a folder with collection.zip, and with app.zip unless image_uri is given, as npm run build writes them to dist/<pipeline>',
  },
  {
    condition: `var.inventory_location == null || ${contains('historic')}`,
    must: 'contain historic.zip if inventory_location is given: npm run build writes it if config.yaml of the pipeline has an inventory_location, too',
  },
  {
    condition: `!var.verify_ingestion || ${contains('verify')}`,
    must: 'contain verify.zip if verify_ingestion is true',
  },
  {
    condition: `!var.circuit_breaker || ${contains('breaker')}`,
    must: 'contain breaker.zip if circuit_breaker is true',
  },
];

const PROJECT_VARIABLE: Variable = {
  type: 'string',
  description: 'The prefix of every name, which keeps deployments apart.',
  rules: [
    matches(
      PROJECT.source.replace(/^\^|\$$/g, ''),
      'be a lowercase letter, then up to 19 lowercase letters, digits or hyphens',
    ),
    {
      condition: `!can(regex("${RESERVED_BY_S3.source}", "\${${VALUE}}-"))`,
      must: 'not start with a prefix that S3 reserves (xn--, sthree-, amzn-s3-demo-)',
    },
  ],
};

const FOLDER: Variable = {
  type: 'string',
  description: "The folder with the pipeline's zips: dist/<pipeline>, as npm run build writes it.",
  rules: FOLDER_RULES,
};

/**
 * Keys without a variable: compute has one value only, region and tags come from the provider, and the caller of a module
 * deploys it.
 */
const NO_VARIABLE = ['compute', 'region', 'tags', 'deploy'];

/** The variables of the module pipeline, by a table of config keys. */
export function pipelineVariables(fields: Fields = CONFIG_FIELDS): Variables {
  const entries = Object.entries(configVariables(fields)).filter(
    ([key]) => !NO_VARIABLE.includes(key),
  );
  return {
    project: PROJECT_VARIABLE,
    folder: FOLDER,
    image_uri: IMAGE_URI,
    ...Object.fromEntries(entries.map(([key, variable]) => [variableName(key), variable])),
    inventory_location: OPTIONAL_LOCATION,
  };
}

/** In a module block the word source belongs to Terraform. */
function variableName(key: string): string {
  return key === 'source' ? 'source_locations' : key;
}

const { inventory_location: LOCATION } = CONFIG_VARIABLES;

/** The rule stands here because Terraform names no place for a value that is left out, and mostly the hours are. */
const OPTIONAL_LOCATION: Variable = {
  ...LOCATION,
  rules: [
    {
      condition: `(${VALUE} == null) == (var.historic_frequency == null)`,
      must: 'be given with historic_frequency, and be null without it',
      ofNull: true,
    },
    ...(LOCATION.rules ?? []),
  ],
};

const IMAGE_URI: Variable = {
  ...IMAGE_VARIABLES.image_uri,
  rules: [
    ...IMAGE_VARIABLES.image_uri.rules,
    {
      condition: `try(split(".", ${VALUE})[3] == local.region, true)`,
      must: 'be an image in the region of the provider: Lambda takes none from another',
    },
  ],
};

/** The variables of an inventory and of the backfill from it, by the table of the backfill's keys. */
export function inventoryVariables(fields: Fields = BACKFILL_FIELDS): Variables {
  return {
    ...configVariables(fields),
    inventory_location: required('inventory_location'),
    historic_frequency: { ...required('historic_frequency'), default: 0 },
    requester_pays: CONFIG_VARIABLES.requester_pays,
    source_kms_key_arns: CONFIG_VARIABLES.source_kms_key_arns,
  };
}
