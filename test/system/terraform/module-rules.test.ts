import { expect, test } from '@jest/globals';
import { fn, IMAGE, inventory, pipeline, queue, STATEMENT, TOPIC } from './module-calls.js';
import { writeRoot } from './module-root.js';
import type { ModuleCall } from './module-root.js';
import { found, suite } from './terraform-suite.js';

const TIMEOUT_MS = 240_000;

/** Arguments that break a rule, and Terraform's error messages. */
const REFUSED: readonly (readonly [what: string, call: ModuleCall, says: string])[] = [
  ['a name', queue({ name: 'no spaces' }), 'name must be 1 to 54 letters, digits, - or _.'],
  [
    'a FIFO topic',
    queue({ name: 'demo', subscription: { topic_arn: `${TOPIC}.fifo` } }),
    'subscription must have the ARN of a standard SNS topic as topic_arn',
  ],
  [
    'an operator that SNS does not have',
    queue({
      name: 'demo',
      subscription: { topic_arn: TOPIC, filter_policy: '{"key":["a",{"sufix":".safe"}]}' },
    }),
    'subscription must have only these operators in the filter policy: prefix, suffix,',
  ],
  [
    'nested names for message attributes',
    queue({
      name: 'demo',
      subscription: {
        topic_arn: TOPIC,
        filter_policy: '{"mode":["IW"],"object":{"key":["a"]}}',
        filter_policy_scope: 'MessageAttributes',
      },
    }),
    'subscription must have a filter policy without nested names while its scope is MessageAttributes',
  ],
  [
    'a filter with a misspelled operator',
    pipeline({ sns: TOPIC, sns_filter_policy: '{"key":[{"sufix":".safe"}]}' }),
    'sns_filter_policy must have only these operators in the filter policy: prefix, suffix,',
  ],
  [
    'a version of the code without numbers',
    pipeline({ code_version: 'latest' }),
    'code_version must be numbers separated by dots',
  ],
  [
    'a fraction',
    queue({ name: 'demo', max_concurrency: 2.5 }),
    'max_concurrency must be a whole number of concurrent batches from 2 to 1000.',
  ],
  [
    'a zip that is not there',
    fn({ name: 'demo', zip: 'none.zip' }),
    'zip must be the path of a zip that exists before the plan.',
  ],
  [
    'two statements of one name',
    fn({ name: 'demo', statements: [STATEMENT, STATEMENT] }),
    'statements must give each statement its own sid',
  ],
  [
    'a day that is not',
    inventory({ historic_frequency: 6, initial_chunk: '2022-02-30' }),
    'initial_chunk must be a day of the calendar, such as 2022-04-20, if it looks like a date.',
  ],
  [
    'a file in an inventory',
    inventory({ inventory_location: 's3://reports/daily/waves/everything/hive/symlink.txt' }),
    'inventory_location must be the folder of the inventory, not a part of it.',
  ],
  [
    'a file that is not a listing',
    inventory({ inventory_location: 's3://reports/daily/waves/everything.parquet' }),
    'inventory_location must be an inventory or a listing, not another file.',
  ],
  [
    'a name that no column can have',
    inventory({ inventory_fields: ['key', 'the colour'] }),
    'inventory_fields must each be a letter, then up to 254 letters, digits and _.',
  ],
  [
    'a column twice',
    inventory({ inventory_fields: ['Key', 'ETag', 'e_tag'] }),
    'inventory_fields must name key, and each field once.',
  ],
  [
    'a project in capitals',
    pipeline({ project: 'Demo' }),
    'project must be a lowercase letter, then up to 19 lowercase letters, digits or hyphens.',
  ],
  [
    'a project that S3 reserves',
    pipeline({ project: 'sthree' }),
    'project must not start with a prefix that S3 reserves',
  ],
  [
    'an ingestor without TLS',
    pipeline({ ingestor_url: 'http://ingestor.example.com' }),
    'ingestor_url must be a URL, https://host/path',
  ],
  [
    'a secret by its name',
    pipeline({ secret_arn: 'ingestor' }),
    'secret_arn must be the ARN of a Secrets Manager secret',
  ],
  [
    'a key by its alias',
    pipeline({ secret_kms_key_arn: 'arn:aws:kms:eu-central-1:123456789012:alias/a' }),
    'secret_kms_key_arn must be the ARN of a KMS key',
  ],
  [
    'the alias of a key of the granules',
    pipeline({ source_kms_key_arns: ['arn:aws:kms:eu-central-1:123456789012:alias/a'] }),
    'source_kms_key_arns must each be the ARN of a KMS key',
  ],
  [
    'a role as permissions boundary',
    pipeline({ permissions_boundary_arn: 'arn:aws:iam::123456789012:role/limits' }),
    'permissions_boundary_arn must be the ARN of a managed policy',
  ],
  [
    'a wildcard to read',
    pipeline({ source_locations: ['s3://waves/*'] }),
    'source_locations must each be an S3 location',
  ],
  [
    'some of several locations',
    pipeline({ source_locations: ['s3://waves/raw/', 's3://a/', null] }),
    'and with a bucket of 3 to 63 lowercase letters, digits, . and -. Wrong: ["s3://a/",null].',
  ],
  [
    'a column that is null',
    pipeline({ inventory_fields: [null] }),
    'inventory_fields must each be a letter, then up to 254 letters, digits and _.',
  ],
  [
    'an alarm topic by its name',
    pipeline({ alarm_topic_arn: 'ops' }),
    'alarm_topic_arn must be the ARN of an SNS topic',
  ],
  [
    'days that CloudWatch does not know',
    pipeline({ log_retention_days: 2 }),
    'log_retention_days must be one of 1, 3, 5,',
  ],
];

/** The same for rules between variables, which Terraform checks only if each variable is valid by itself. */
const REFUSED_TOGETHER: typeof REFUSED = [
  [
    'a batch without a window',
    queue({ name: 'demo', batch_size: 11 }),
    'batch_size must be 10 at most while batch_window_seconds is 0.',
  ],
  [
    'chunks that begin nowhere',
    inventory({ historic_frequency: 6 }),
    'historic_frequency must be 0 while there is no initial_chunk to start with.',
  ],
  [
    'a chunk of what is read at once',
    inventory({ initial_chunk: '2022-04-20' }),
    'historic_frequency must be above 0 while there is an initial_chunk',
  ],
  [
    'a pattern for the keys of no bucket',
    inventory({ granule_pattern: '[.]nc$' }),
    'granule_pattern must be null without granule_bucket.',
  ],
  [
    'a pattern for the keys of no source',
    pipeline({ granule_pattern: '[.]nc$', python_function: 'a:b', image_uri: IMAGE }),
    'granule_pattern must be null without source_locations',
  ],
  [
    'a folder without code',
    pipeline({ folder: '${path.root}' }),
    'folder must be a folder with collection.zip, and with app.zip unless image_uri is given',
  ],
  [
    'a function without a queue',
    inventory({ historic_zip: '${path.root}/code/historic.zip' }),
    'historic_zip must be null while there is no queue to send to.',
  ],
  [
    'an inventory without a frequency',
    pipeline({ inventory_location: 's3://reports/daily/waves/everything' }),
    'inventory_location must be given with historic_frequency, and be null without it.',
  ],
  [
    'an image in another region',
    pipeline({ image_uri: IMAGE.replace(/ecr[.][a-z0-9-]+/, 'ecr.us-east-1') }),
    'image_uri must be an image in the region of the provider: Lambda takes none from another.',
  ],
  [
    'granules that take longer than a batch may',
    pipeline({ python_function: 'a:b', image_uri: IMAGE, granule_seconds: 30 }),
    'granule_seconds must be less than half of timeout_seconds.',
  ],
  [
    'an argument for outputs',
    pipeline({
      python_function: 'a:b',
      image_uri: IMAGE,
      python_arguments: { output: 'x' },
      outputs: 's3://copies/',
    }),
    'python_arguments must not have the argument that output_argument names',
  ],
  [
    'an alarm to another region',
    pipeline({ alarm_topic_arn: 'arn:aws:sns:eu-west-1:123456789012:ops' }),
    'alarm_topic_arn must be a topic in the region of the provider, or in that of sns',
  ],
  [
    'two alarms of one name',
    {
      module: 'alarms',
      arguments: {
        name: 'demo',
        dead_letters: { 'app-errors': { queue: 'demo-dead-letters' } },
        functions: { app: 'demo-app' },
      },
    },
    'functions must give each alarm its own subject',
  ],
  [
    'a filter of attributes with nested names',
    pipeline({
      sns: TOPIC,
      sns_filter_policy: '{"object":{"key":["a"]}}',
      sns_filter_policy_scope: 'MessageAttributes',
    }),
    'sns_filter_policy must have a filter policy without nested names while its scope is MessageAttributes',
  ],
  [
    'a filter without a topic',
    pipeline({ sns_filter_policy: '{}' }),
    'sns_filter_policy must be null while there is no sns to filter.',
  ],
];

suite('a variable that breaks a rule', () => {
  test.each([
    ['by itself', REFUSED],
    ['with another one', REFUSED_TOGETHER],
  ])(
    '%s is refused with a message that says what is allowed',
    async (_, refused) => {
      const calls = refused.map(([, call], index) => [`call_${index}`, call] as const);
      const root = writeRoot(Object.fromEntries(calls));
      await found().run(root, 'init', '-input=false');

      const { code, output } = await found().try(root, 'plan', '-input=false', '-lock=false');

      // Terraform wraps lines and draws a frame.
      const words = output.replace(/[│╷╵]/g, ' ').replace(/\s+/g, ' ');
      expect(code).toBe(1);
      for (const [what, , says] of refused) expect(`${what}: ${words}`).toContain(says);
      // A rule that cannot be evaluated shows its expression instead of a sentence.
      expect(words).not.toMatch(/Invalid index|Invalid function argument/);
    },
    TIMEOUT_MS,
  );
});

suite('a provider aws.topic in another region than the topic', () => {
  test.each([
    ['granule-queue', queue({ name: 'demo', subscription: { topic_arn: TOPIC } })],
    ['pipeline', pipeline({ sns: TOPIC })],
  ])(
    'fails the plan of the module %s, which names both regions',
    async (_, call) => {
      const root = writeRoot({ called: call }, { topicRegion: 'eu-west-1' });
      await found().run(root, 'init', '-input=false');

      const { code, output } = await found().try(root, 'plan', '-input=false', '-lock=false');

      expect(code).toBe(1);
      expect(output.replace(/[│╷╵]/g, ' ').replace(/\s+/g, ' ')).toContain(
        'The provider aws.topic is in eu-west-1, but the topic is in eu-central-1: pass a provider of that region as aws.topic.',
      );
    },
    TIMEOUT_MS,
  );
});
