import { AthenaClient } from '@aws-sdk/client-athena';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { ingestorReader } from '../../lambdas/ingestor/reader.js';
import { athenaEngine } from '../../lambdas/inventory/athena.js';
import { s3Objects } from '../../lambdas/inventory/objects.js';
import { AWS_REQUESTS, S3_REQUESTS } from '../../lambdas/runtime/aws-requests.js';
import { configuredInventory } from '../backfill/target.js';
import type { DeployedPipeline } from '../shared/deployed-pipeline.js';
import { ownTokens } from '../status/reads.js';
import { catalogueItems } from './catalogue.js';
import { deadLetters, listIn } from './dead-letters.js';
import { ingestions } from './ingestion.js';
import { inventoryObjects } from './inventory.js';
import { logSource } from './log.js';
import type { LeftOut, Source } from './source.js';
import { pendingPosts, postedVersions } from './state-table.js';

export interface SourceOptions {
  readonly collection: string;
  /** Whether the pipeline declares versions of its Items. */
  readonly hasVersions: boolean;
  /** Whether to query the inventory, which costs. */
  readonly inventory: boolean;
  /** ISO 8601. */
  readonly since: string;
  /** ISO 8601. */
  readonly until: string;
  /** How long to wait for all sources. */
  readonly waitMs: number;
}

export interface DeployedSources {
  readonly sources: readonly Source[];
  readonly leftOut: readonly LeftOut[];
}

const REQUEST_MS = 20_000;

type Pipeline = Omit<DeployedPipeline, 'folder'>;

/** Where a granule of a deployed pipeline may be. */
export function deployedSources(pipeline: Pipeline, options: SourceOptions): DeployedSources {
  const parts = [
    ...queueParts(pipeline),
    ...logParts(pipeline, options),
    ...stateParts(pipeline, options),
    ingestorPart(pipeline, options),
    cataloguePart(pipeline, options),
    inventoryPart(pipeline, options),
  ];
  return {
    sources: parts.filter((part): part is Source => 'ask' in part),
    leftOut: parts.filter((part): part is LeftOut => 'why' in part),
  };
}

type Part = Source | LeftOut;

function queueParts({ names, config, topicRegion }: Pipeline): Part[] {
  const own = { name: names.deadLetters, region: config.region };
  const ofTopic = "subscription's dead letters";
  return [
    deadLetters('dead letters', listIn(own)),
    ...(topicRegion === undefined
      ? []
      : [
          deadLetters(
            ofTopic,
            listIn({ name: names.subscriptionDeadLetters, region: topicRegion }),
          ),
        ]),
  ];
}

function logParts({ names, config }: Pipeline, { since, until }: SourceOptions): Part[] {
  const range = { region: config.region, since, until };
  const { app, verify, historic } = names.functions;
  return [
    logSource({ name: 'log of app', group: app.logGroup, ...range }),
    ...(config.verify_ingestion
      ? [logSource({ name: 'log of verify', group: verify.logGroup, ...range })]
      : []),
    ...(config.inventory_location === undefined
      ? []
      : [logSource({ name: 'log of historic', group: historic.logGroup, ...range })]),
  ];
}

function stateParts({ names, config }: Pipeline, { hasVersions }: SourceOptions): Part[] {
  const { region } = config;
  const client = new DynamoDBClient({ region, requestHandler: AWS_REQUESTS });
  const rows = { table: names.stateTable, region, client };
  return [
    config.verify_ingestion
      ? pendingPosts(rows)
      : {
          name: 'pending posts',
          why: 'verify_ingestion is false, so the pipeline keeps no record of its posts',
        },
    ...(hasVersions ? [postedVersions(rows)] : []),
  ];
}

function ingestorPart({ config }: Pipeline, { collection, waitMs }: SourceOptions): Part {
  const { ingestor_url: url, secret_arn: secretArn } = config;
  const timeoutMs = Math.min(REQUEST_MS, waitMs);
  const reader = ingestorReader({ url, tokens: ownTokens(secretArn), timeoutMs, tries: 2 });
  return ingestions({ reader, collection });
}

function cataloguePart({ config }: Pipeline, { collection }: SourceOptions): Part {
  const { stac_api_url: stacApiUrl } = config;
  return stacApiUrl === undefined
    ? { name: 'catalogue', why: 'config.yaml has no stac_api_url' }
    : catalogueItems({ stacApiUrl, collection });
}

function inventoryPart({ config, names }: Pipeline, { inventory: isAsked }: SourceOptions): Part {
  const inventory = configuredInventory(config);
  if (inventory === undefined)
    return { name: 'inventory', why: 'config.yaml has no inventory_location' };
  if (!isAsked)
    return {
      name: 'inventory',
      why: 'a query of Athena reads the whole report, which costs about 5 dollars a terabyte: --inventory runs it',
    };
  const { region, requester_pays: requesterPays } = config;
  const { workgroup: workGroup, database, inventoryTable: table } = names;
  const s3 = new S3Client({ region, followRegionRedirects: true, requestHandler: S3_REQUESTS });
  const client = new AthenaClient({ region, requestHandler: AWS_REQUESTS });
  return inventoryObjects({
    inventory,
    engine: athenaEngine({ workGroup, database, table, client }),
    objects: s3Objects({ requesterPays, client: s3 }),
  });
}
