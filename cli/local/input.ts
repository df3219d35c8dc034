import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

import type { Row } from '../../lambdas/inventory/result-csv.js';
import { joinHref } from '../../lambdas/source/href.js';
import type { HrefMap } from '../../local/container/protocol.js';
import { granulesBelow } from '../../local/input/granule-folder.js';
import { assertMessageFile, messagesOf } from '../../local/input/message-file.js';
import { inputOf, inputsOf, type MessageInput } from '../../local/input/message-feed.js';
import { sampleInventory, type SampleInventory } from '../../local/inventory/sample-inventory.js';
import { assertFolder } from '../../local/input/walk.js';
import type { PipelineConfig } from '../../modules/config/config.js';
import { type PipelineFolder, UsageError } from '../shared/command.js';
import type { BundledPipeline } from '../shared/pipeline-code.js';

/** Options for the source of the messages of a local run. */
export interface InputOptions {
  readonly granules?: string;
  readonly messages?: string;
  readonly inventory?: string;
  readonly hrefPrefix?: string;
}

export interface InputPlan {
  readonly input: MessageInput;
  readonly hrefMap?: HrefMap;
  readonly sourceMap?: HrefMap;
}

export interface PlannedPipeline {
  readonly folder: PipelineFolder;
  readonly config: PipelineConfig;
  readonly code: BundledPipeline;
  /** Folder for temporary files. */
  readonly workFolder: string;
}

/** Checks the options and finds the messages, before anything is written. Throws InputError and UsageError. */
export async function planInput(
  options: InputOptions,
  pipeline: PlannedPipeline,
): Promise<InputPlan> {
  const { granules, messages, inventory } = options;
  if (messages !== undefined || inventory !== undefined) return sentAndRead(options, pipeline);
  if (granules === undefined) return sample(options, pipeline);
  if (granules.startsWith('s3://')) return underPrefix(granules, options, pipeline);
  const { bodies, ...maps } = await granulesBelow(granules, {
    finder: { ...finderOf(pipeline), ...bucketOf(pipeline) },
    hrefPrefix: options.hrefPrefix,
    note,
  });
  return { input: inputOf(bodies), ...maps };
}

/** Reads messages from a file or an inventory. A folder of granules stands in for the bucket that they refer to. */
async function sentAndRead(options: InputOptions, pipeline: PlannedPipeline): Promise<InputPlan> {
  const { granules, messages, inventory } = options;
  const inputs: MessageInput[] = [];
  if (messages !== undefined) {
    await assertMessageFile(messages);
    inputs.push(inputOf(messagesOf(messages)));
  }
  if (inventory !== undefined) inputs.push(await backfill(inventory, pipeline));
  return { input: inputsOf(inputs), ...(await mapsOf(granules, options, pipeline)) };
}

async function mapsOf(
  granules: string | undefined,
  { hrefPrefix }: InputOptions,
  pipeline: PlannedPipeline,
): Promise<Omit<InputPlan, 'input'>> {
  const from = `s3://${bucketOf(pipeline).bucket}/`;
  const to = hrefPrefix === undefined ? from : joinHref(hrefPrefix, '');
  const hrefMap = hrefPrefix === undefined ? {} : { hrefMap: { from, to } };
  if (granules === undefined || granules.startsWith('s3://')) return hrefMap;
  await assertFolder(granules, '--granules');
  return { ...hrefMap, sourceMap: { from: to, to: joinHref(resolve(granules), '') } };
}

async function underPrefix(
  prefix: string,
  { hrefPrefix }: InputOptions,
  pipeline: PlannedPipeline,
): Promise<InputPlan> {
  if (hrefPrefix !== undefined) {
    throw new UsageError(
      '--href-prefix requires a folder on disk: granules on S3 already have hrefs',
    );
  }
  const { requester_pays: requesterPays, region } = pipeline.config;
  // The AWS SDK and DuckDB are imported only when needed, because each takes a noticeable part of a second to load.
  const { granulesUnder } = await import('../../local/input/s3-listing.js');
  return {
    input: inputOf(
      granulesUnder(prefix, { finder: finderOf(pipeline), requesterPays, region, note }),
    ),
  };
}

/** Runs pipelines/<pipeline>/sample: the messages of messages.ndjson, and an inventory over the files in the folder bucket. */
async function sample(options: InputOptions, pipeline: PlannedPipeline): Promise<InputPlan> {
  const { folder, code } = pipeline;
  const sampleFolder = join(folder.folder, 'sample');
  const [bucket, messages] = [join(sampleFolder, 'bucket'), join(sampleFolder, 'messages.ndjson')];
  if (!existsSync(bucket)) {
    throw new UsageError(
      `${folder.id} has no sample in ${bucket}: put a granule below it, with the path that it has in its bucket, or pass ` +
        '--granules, --messages or --inventory',
    );
  }
  const inputs: MessageInput[] = [];
  if (existsSync(messages)) {
    await assertMessageFile(messages);
    inputs.push(inputOf(messagesOf(messages)));
  }
  if (code.historic !== undefined) {
    const location = await sampleInventory(bucket, inventoryOfSample(pipeline));
    inputs.push(await backfill(location, pipeline, `the inventory of the sample in ${bucket}`));
  }
  if (inputs.length === 0) {
    throw new UsageError(
      `the sample of ${folder.id} has no messages: write the bodies of messages about the objects in ${bucket}, one per ` +
        `line, into ${messages}, or pass --granules ${bucket}`,
    );
  }
  return { input: inputsOf(inputs), ...(await mapsOf(bucket, options, pipeline)) };
}

function inventoryOfSample(pipeline: PlannedPipeline): SampleInventory {
  const { config, workFolder } = pipeline;
  return {
    bucket: bucketOf(pipeline).bucket,
    location: config.inventory_location ?? '',
    columns: config.inventory_fields,
    target: join(workFolder, 'inventory'),
  };
}

async function backfill(
  location: string,
  { code, config, folder, workFolder }: PlannedPipeline,
  name?: string,
): Promise<MessageInput> {
  if (code.historic === undefined) {
    throw new UsageError(
      `${folder.id} has no historic.ts, which reads an inventory: omit --inventory`,
    );
  }
  const { inventoryInput } = await import('../../local/inventory/input.js');
  return inventoryInput({
    pipelineId: folder.id,
    handler: code.historic,
    location,
    name,
    noRow: noRowOf(folder, config),
    readArchived: config.read_archived,
    workFolder,
  });
}

/** Without historic.ts, the framework selects the keys. */
function noRowOf({ folder }: PipelineFolder, { granule_pattern: pattern }: PipelineConfig) {
  if (pattern === undefined || existsSync(join(folder, 'historic.ts'))) return undefined;
  return `has no key that matches granule_pattern (given '${pattern}')`;
}

function note(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
}

function finderOf({ code }: PlannedPipeline) {
  const backfilled = code.historic?.pipeline;
  return {
    pipeline: code.app.pipeline,
    rowToMessageBody: backfilled && ((row: Row) => backfilled.rowToMessageBody(row)),
  };
}

const S3_LOCATION = /^s3:\/\/([^/]+)\/?(.*)$/;

/** The first `source` of config.yaml, which the pipeline's messages refer to. */
function bucketOf({ config }: PlannedPipeline): {
  readonly bucket: string;
  readonly keyPrefix: string;
} {
  const [, bucket = 'bucket', prefix = ''] = S3_LOCATION.exec(config.source[0] ?? '') ?? [];
  return { bucket, keyPrefix: prefix === '' ? '' : joinHref(prefix, '') };
}
