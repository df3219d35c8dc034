import { addPipeline } from '../../pipeline/pipeline.js';
import { INVENTORY_PRESENCE, inventoryReferences } from '../references/inventory.js';
import type { ModuleStack } from '../generate/stack.js';
import { nameReferences } from '../references/names.js';
import { ownPlace } from '../generate/stack.js';
import {
  codeReferences,
  factReferences,
  settingReferences,
  SOURCE_KEYS_PRESENCE,
} from '../references/pipeline.js';
import { PYTHON_BLOCKS, PYTHON_PRESENCE } from '../references/python.js';
import { pipelineVariables } from '../variables/pipeline.js';
import type { TerraformModule } from '../generate/module.js';
import type { Presence } from '../generate/presence.js';

const HAS_TOPIC = 'var.sns != null';
const HAS_INVENTORY = 'var.inventory_location != null';
const VERIFIES = 'var.verify_ingestion';
const HAS_BREAKER = 'var.circuit_breaker';

const PRESENCE: Presence = {
  resources: [
    [/\.queue_(subscription|policy)/, HAS_TOPIC],
    [/\.watch_topic-alarms_subscription/, HAS_TOPIC],
    [/\.inventory_listing$/, 'local.has-listing'],
    [/\.backfill_on-deploy/, 'local.runs-once'],
    [/\.schedules_historic$/, 'local.runs-by-chunk'],
    [/\.schedules_keeper$/, HAS_INVENTORY],
    [/\.schedules_verify$/, VERIFIES],
    [/\.schedules_breaker$/, HAS_BREAKER],
    [/\.(schedules_|watch_alarms_schedule-)/, 'local.has-schedules'],
    [
      /\.(inventory_|watch_alarms_(backfill|rows)-|(watch_alarms_)?historic($|[_-]))/,
      HAS_INVENTORY,
    ],
    [/\.(watch_alarms_)?verify($|[_-])/, VERIFIES],
    [/\.(watch_alarms_)?breaker($|[_-])/, HAS_BREAKER],
    [/\.watch_alarms_silence$/, 'var.max_silence_minutes != null'],
    [/\.watch_dashboard$/, 'var.dashboard'],
  ],
  references: {
    ...INVENTORY_PRESENCE.references,
    'local.alarm-topic': 'local.alarm-topic != null',
    'local.topic-alarm-topic': 'local.topic-alarm-topic != null',
    'local.source-objects': 'length(var.source_locations) > 0',
    ...SOURCE_KEYS_PRESENCE,
    ...PYTHON_PRESENCE,
  },
  blocks: PYTHON_BLOCKS,
  repeats: { ...INVENTORY_PRESENCE.repeats, statement: 'local.source-buckets' },
};

export const PIPELINE: TerraformModule = {
  name: 'pipeline',
  summary:
    'The whole stack of one pipeline: granule queue and dead-letter queue, functions that create Items and post the ' +
    'Collection, subscription, backfill from an inventory, state table, alarms and dashboard. The variables have the ' +
    'names of the keys of config.yaml; region and tags come from the provider. The code is a folder of zips.',
  variables: pipelineVariables(),
  providers: { topic: 'a provider in the region of sns; pass aws itself if that is its region' },
  presence: PRESENCE,
  example: `module "pipeline" {
  source    = "MODULE"
  providers = { aws = aws, aws.topic = aws }

  project      = "demo"
  id           = "sentinel1"
  folder       = "\${path.root}/dist/sentinel1"
  ingestor_url = "https://ingestor.example.com/api"
  secret_arn   = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:stac-ingestor-AbCdEf"

  sns              = "arn:aws:sns:eu-central-1:214830741341:SentinelS1L1C"
  source_locations = ["s3://sentinel-s1-l1c/GRD/"]
  requester_pays   = true
}

output "queue_url" {
  value = module.pipeline.queue_url
}
`,
  build,
};

/** The descriptions of the outputs, by the names of a stack's outputs. */
const OUTPUTS: Readonly<Record<string, string>> = {
  queue_url: 'The URL of the granule queue.',
  dead_letters_url: 'The URL of its dead-letter queue.',
  app_function: 'The name of the function that creates Items.',
  collection_function: 'The name of the function that posts the Collection.',
  historic_function:
    'The name of the function that reads the inventory; null without inventory_location.',
  verify_function:
    'The name of the function that posts Items again that failed to load; null without verify_ingestion.',
  breaker_function:
    'The name of the function that holds consumption while no post succeeds; null without circuit_breaker.',
  dashboard_url: 'The URL of the dashboard; null without dashboard.',
  backfill_on_deploy:
    'What became of the backfill when it was deployed: it started, or it waits for its inventory. Null unless the ' +
    'whole inventory is read at once.',
};

function build(stack: ModuleStack): void {
  const { region, partition } = ownPlace(stack);
  const names = nameReferences(stack);
  const { source, fields } = inventoryReferences(stack, '${local.name-results-bucket}');
  stack.local('has-listing', `${HAS_INVENTORY} && local.is-listing`);
  stack.local('has-schedules', `${HAS_INVENTORY} || ${VERIFIES} || ${HAS_BREAKER}`);
  stack.local('runs-once', `${HAS_INVENTORY} && local.frequency == 0`);
  stack.local('runs-by-chunk', `${HAS_INVENTORY} && local.frequency > 0`);
  const outputs = addPipeline(stack, {
    config: settingReferences(stack, { region, fields }),
    derived: factReferences(stack, { partition, source }),
    project: stack.text('project'),
    names,
    code: codeReferences(stack),
  });
  stack.addOutputs(
    Object.fromEntries(
      Object.entries(outputs).map(([id, value]) => [id, { value, description: OUTPUTS[id] ?? '' }]),
    ),
  );
}
