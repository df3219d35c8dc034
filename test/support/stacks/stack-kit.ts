import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'cdktf';
import type { PipelineConfig } from '../../../modules/config/config.js';
import { zipCode, type FunctionCode } from '../../../modules/constructs/function-code.js';
import type { PipelineCode } from '../../../modules/pipeline/functions.js';
import { withoutNotes } from '../../../modules/terraform/generate/json.js';
import { PipelineStack } from '../../../modules/stacks/pipeline-stack.js';
import type { StateSettings } from '../../../modules/config/state.js';
import { configOf } from './config-folder.js';

export type Block = Readonly<Record<string, unknown>>;

/** A synthesized stack, without cdktf's own `//` notes. */
export interface SynthesizedStack {
  readonly terraform: Block;
  readonly provider: Readonly<Record<string, readonly Block[]>>;
  readonly resource: Readonly<Record<string, Readonly<Record<string, Block>>>>;
  readonly data: Readonly<Record<string, Readonly<Record<string, Block>>>>;
  readonly output: Readonly<Record<string, Block>>;
}

export interface SynthOptions {
  readonly project?: string;
  readonly state?: StateSettings;
  /** Hash of every function's code. */
  readonly hashBase64?: string;
  readonly earlierTopicRegion?: string | undefined;
}

export const HASH = 'C0FFEEC0FFEEC0FFEEC0FFEEC0FFEEC0FFEEC0FFEE0=';

const synthesized = new Map<string, SynthesizedStack>();

/** Synthesizes a pipeline with a minimal config plus `fields`. Results are cached. */
export function synthesize(
  fields: Readonly<Record<string, string>> = {},
  options: SynthOptions = {},
): SynthesizedStack {
  const key = JSON.stringify([fields, options]);
  const stack = synthesized.get(key) ?? synthesizeUncached(fields, options);
  synthesized.set(key, stack);
  return stack;
}

function synthesizeUncached(
  fields: Readonly<Record<string, string>>,
  options: SynthOptions,
): SynthesizedStack {
  const folder = writeStack(configOf(fields), options);
  const stack = readStack(folder);
  rmSync(folder, { recursive: true });
  return stack;
}

export function readStack(folder: string): SynthesizedStack {
  const json = readFileSync(join(folder, 'cdk.tf.json'), 'utf8');
  return withoutNotes(JSON.parse(json)) as SynthesizedStack;
}

/** Synthesizes a pipeline and returns the folder of its stack. */
export function writeStack(config: PipelineConfig, options: SynthOptions = {}): string {
  const { project = 'demo', state = { kind: 'local' }, hashBase64 = HASH } = options;
  const { earlierTopicRegion } = options;
  const outdir = mkdtempSync(join(tmpdir(), 'synth-'));
  const app = new App({ outdir, stackTraces: false });
  const code = codeOf(config, hashBase64);
  new PipelineStack(app, { config, project, state, code, earlierTopicRegion });
  app.synth();
  return join(outdir, 'stacks', config.id);
}

function codeOf(config: PipelineConfig, hashBase64: string): PipelineCode {
  const code = (name: string): FunctionCode =>
    zipCode({ path: `assets/${name}-0.zip`, hashBase64, handler: `${name}.handler` });
  return {
    app: code('app'),
    collection: code('collection'),
    ...(config.inventory_location !== undefined && { historic: code('historic') }),
    ...(config.verify_ingestion && { verify: code('verify') }),
    ...(config.circuit_breaker && { breaker: code('breaker') }),
  };
}

/** Returns a resource by its address, `aws_sqs_queue.queue`. */
export function resourceOf({ resource }: SynthesizedStack, address: string): Block {
  const [type = '', name = ''] = address.split('.');
  const found = resource[type]?.[name];
  if (!found) throw new Error(`no ${address} among ${addressesOf({ resource }).join(', ')}`);
  return found;
}

export function addressesOf({ resource }: Pick<SynthesizedStack, 'resource'>): string[] {
  return Object.entries(resource)
    .flatMap(([type, resources]) => Object.keys(resources).map((name) => `${type}.${name}`))
    .sort();
}

/** Returns the statements of a policy document by sid. @param name of the data source */
export function statementsOf(
  { data }: SynthesizedStack,
  name: string,
): Readonly<Record<string, Block>> {
  const document = data['aws_iam_policy_document']?.[name];
  const statements = (document?.['statement'] ?? []) as Block[];
  return Object.fromEntries(statements.map(({ sid, ...rest }) => [String(sid), rest]));
}

/** Returns every statement of every policy in a stack, with the name of its document. */
export function allStatements({ data }: SynthesizedStack): (Block & { document: string })[] {
  return Object.entries(data['aws_iam_policy_document'] ?? {}).flatMap(
    ([document, { statement }]) => (statement as Block[]).map((block) => ({ ...block, document })),
  );
}
