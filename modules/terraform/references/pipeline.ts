import { Token } from 'cdktf';
import { MODULE_FIELDS, numberKeys } from '../../config/fields.js';
import { CONSOLE, CONSOLES } from '../../pipeline/derived.js';
import type { DerivedValues, DerivedTopic } from '../../pipeline/derived.js';
import type { PipelineCode } from '../../pipeline/functions.js';
import type { EvaluatedTime } from '../../constructs/alarms.js';
import { zipCode, type FunctionCode } from '../../constructs/function-code.js';
import type { PipelineSettings } from '../../pipeline/settings.js';
import { zipOrImage } from './code.js';
import { granuleBucket, outputsReferences, pythonReferences } from './python.js';
import { listStatement, readStatement } from '../../constructs/s3-access.js';
import type { InventoryReferences } from './inventory.js';
import { topicInRegion } from '../generate/stack.js';
import type { ModuleStack } from '../generate/stack.js';

/** The condition for the statement that allows to decrypt. */
export const SOURCE_KEYS_PRESENCE = {
  'var.source_kms_key_arns': 'length(var.source_kms_key_arns) > 0',
} as const;

/** The settings of a config.yaml as references to the variables of the same names. */
export function settingReferences(
  stack: ModuleStack,
  { region, fields }: { readonly region: string; readonly fields: readonly string[] },
): PipelineSettings {
  const url = 'replace(var.ingestor_url, "/\\\\/+$/", "")';
  return {
    id: stack.text('id'),
    region,
    ingestor_url: stack.local('ingestor-url', url).asString,
    secret_arn: stack.text('secret_arn'),
    secret_kms_key_arn: stack.text('secret_kms_key_arn'),
    source_kms_key_arns: stack.variable('source_kms_key_arns').listValue,
    permissions_boundary_arn: stack.text('permissions_boundary_arn'),
    stac_api_url: stack.text('stac_api_url'),
    code_version: stack.text('code_version'),
    ...numberReferences(stack, numberKeys(MODULE_FIELDS)),
    requester_pays: stack.variable('requester_pays').booleanValue,
    read_archived: stack.variable('read_archived').booleanValue,
    verify_ingestion: stack.variable('verify_ingestion').booleanValue,
    circuit_breaker: stack.variable('circuit_breaker').booleanValue,
    dashboard: stack.variable('dashboard').booleanValue,
    inventory_location: stack.text('inventory_location'),
    inventory_format: stack.text('inventory_format'),
    inventory_fields: [...fields],
    historic_frequency: stack.local('frequency', 'coalesce(var.historic_frequency, 0)').asNumber,
    initial_chunk: stack.text('initial_chunk'),
    granule_pattern: stack.text('granule_pattern'),
    source: [`s3://${granuleBucket(stack)}/`],
  };
}

/** The numbers of config.yaml as references to the variables of the same names. */
export function numberReferences<Key extends string>(
  stack: ModuleStack,
  keys: readonly Key[],
): Readonly<Record<Key, number>> {
  const entries = keys.map((key) => [key, stack.number(key)] as const);
  return Object.fromEntries(entries) as Record<Key, number>;
}

/** What follows from the settings, as expressions. */
export function factReferences(
  stack: ModuleStack,
  { partition, source }: { readonly partition: string } & Pick<InventoryReferences, 'source'>,
): DerivedValues {
  stack.local('region', 'data.aws_region.current-region.id');
  const local = (name: string, expression: string) => stack.local(name, expression).asString;
  return {
    partition,
    consoleDomain: local('console-domain', consoleDomain()),
    secretResource: local(
      'secret-resource',
      'can(regex("-[A-Za-z0-9]{6}$", var.secret_arn)) ? var.secret_arn : "${var.secret_arn}-??????"',
    ),
    sourceAccess: sourceAccess(stack),
    collectionHash: local('collection-fingerprint', COLLECTION_HASH),
    topic: topicReferences(stack),
    inventory: source,
    alarmTopic: local('alarm-topic', alarmTopicIn('local.region')),
    python: pythonReferences(stack, '${local.granule-bucket}'),
    outputs: outputsReferences(stack),
    silence: silenceReferences(stack),
  };
}

/** The same as deriveSilence in modules/pipeline/derived.ts. */
function silenceReferences(stack: ModuleStack): EvaluatedTime {
  const minutes = 'coalesce(var.max_silence_minutes, 0)';
  const period = stack.local('silence-period', `${minutes} > 1440 ? 3600 : 300`);
  const periods = stack.local('silence-periods', `ceil(${minutes} * 60 / local.silence-period)`);
  return { periodSeconds: period.asNumber, periods: periods.asNumber };
}

/** The same hash as in a stack: the keys in this order, without those that have no value. */
const COLLECTION_HASH =
  'sha256(jsonencode({ for key, value in { id = var.id, secret_arn = var.secret_arn, stac_api_url = var.stac_api_url } : key => value if value != null }))';

function consoleDomain(): string {
  return CONSOLES.reduceRight(
    (otherwise, [prefix, domain]) =>
      `startswith(local.region, "${prefix}") ? "${domain}" : ${otherwise}`,
    `"${CONSOLE}"`,
  );
}

function alarmTopicIn(region: string): string {
  return `try(split(":", var.alarm_topic_arn)[3] == ${region} ? var.alarm_topic_arn : null, null)`;
}

function topicReferences(stack: ModuleStack): DerivedTopic {
  const provider = stack.callersProvider('topic');
  const region = stack.local('topic-region', 'try(split(":", var.sns)[3], null)').asString;
  return {
    arn: stack.text('sns'),
    filterPolicy: stack.text('sns_filter_policy'),
    filterPolicyScope: stack.local(
      'filter-policy-scope',
      'var.sns_filter_policy == null ? null : var.sns_filter_policy_scope',
    ).asString,
    elsewhere: { region, provider },
    precondition: topicInRegion(stack, { provider, topicArn: 'var.sns' }),
    alarmTopic: stack.local('topic-alarm-topic', alarmTopicIn('local.topic-region')).asString,
  };
}

/** The same as readAccess in modules/constructs/s3-access.ts: one statement for all objects, one per bucket. */
function sourceAccess(stack: ModuleStack): DerivedValues['sourceAccess'] {
  const key = 'regex("^s3://[^/]*/?(.*)$", location)[0]';
  stack.local(
    'source-places',
    `[for location in var.source_locations : { bucket = regex("^s3://([^/]*)", location)[0], keys = ${key} == "" || endswith(${key}, "/") ? ["\${${key}}*"] : [${key}, "\${${key}}/*"] }]`,
  );
  stack.local(
    'source-buckets',
    '[for index, bucket in distinct(local.source-places[*].bucket) : { sid = "ListGranules${index == 0 ? "" : index + 1}", arn = "arn:${data.aws_partition.current-partition.partition}:s3:::${bucket}", keys = flatten([for place in local.source-places : place.keys if place.bucket == bucket]) }]',
  );
  const objects = stack.local(
    'source-objects',
    'flatten([for bucket in local.source-buckets : [for key in bucket.keys : "${bucket.arn}/${key}"]])',
  );
  return [
    readStatement('Granules', objects.asList),
    listStatement('${statement.value.sid}', {
      bucketArn: '${statement.value.arn}',
      keys: Token.asList('${statement.value.keys}'),
    }),
  ];
}

/** The zips in the caller's folder; those of optional functions are only read if they are needed. */
export function codeReferences(stack: ModuleStack): Required<PipelineCode> {
  const code = (name: string, needed?: string): FunctionCode => {
    const path = `"\${var.folder}/${name}.zip"`;
    const hash = `filebase64sha256(${path})`;
    return zipCode({
      path: stack.local(`code-${name}`, path).asString,
      hashBase64: stack.local(
        `code-${name}-hash`,
        needed === undefined ? hash : `${needed} ? ${hash} : null`,
      ).asString,
      handler: `${name}.handler`,
    });
  };
  stack.local('code-app', '"${var.folder}/app.zip"');
  stack.local('code-app-hash', 'var.image_uri == null ? filebase64sha256(local.code-app) : null');
  return {
    app: zipOrImage({
      path: 'local.code-app',
      hashBase64: 'local.code-app-hash',
      handler: '"app.handler"',
    }),
    collection: code('collection'),
    historic: code('historic', 'var.inventory_location != null'),
    verify: code('verify', 'var.verify_ingestion'),
    breaker: code('breaker', 'var.circuit_breaker'),
  };
}
