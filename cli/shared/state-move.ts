import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { z } from 'zod';
import type { BootstrapProject, Project } from '../../modules/config/project.js';
import { localStateFile, stateKeys, type StateSettings } from '../../modules/config/state.js';
import { ConfigError } from '../../modules/config/values/error.js';

/** The folder of a synthesized stack. */
export function stackFolder(root: string, stack: string): string {
  return join(root, 'cdktf.out', 'stacks', stack);
}

/** A stack, and where the settings say that its state is. */
export interface StackState {
  readonly stack: string;
  readonly key: string;
  readonly state: StateSettings;
}

/** The stacks of the pipelines. */
export function pipelineStates({ name, state, pipelines }: Project): readonly StackState[] {
  return pipelines.map(({ id }) => ({ stack: id, key: stateKeys.pipeline(name, id), state }));
}

/** The stacks of the project itself. */
export function bootstrapStates({
  name,
  bucket: { bucket, region },
}: BootstrapProject): readonly StackState[] {
  const inBucket = { kind: 's3', bucket, region } as const;
  return [
    { stack: 'bootstrap', key: stateKeys.bootstrap(name), state: { kind: 'local' } },
    { stack: 'images', key: stateKeys.images(name), state: inBucket },
    { stack: 'github_oidc', key: stateKeys.githubOidc(name), state: inBucket },
  ];
}

interface Options {
  readonly root: string;
  /** Whether cdktf gets --migrate-state. */
  readonly migrate: boolean;
}

/**
 * Checks that Terraform finds the state of each stack where it was in the last run in this folder: otherwise Terraform
 * refuses to start, or starts with an empty state. Deletes Terraform's record of the last place where nothing depends on
 * it: if it belongs to another PROJECT, or no resources were in that state. Throws ConfigError with one problem a stack.
 */
export function checkStates(stacks: readonly StackState[], options: Options): void {
  const problems = stacks.flatMap((stack) => {
    const problem = problemOf(stack, options);
    return problem === undefined ? [] : [problem];
  });
  if (problems.length > 0) throw new ConfigError(problems);
}

function problemOf(stack: StackState, { root, migrate }: Options): string | undefined {
  const recorded = readRecord(root, stack);
  if (recorded === undefined) return leftBehind(root, stack);
  const wanted = placeOf(stack);
  if (recorded.place === wanted && recorded.region === regionOf(stack)) return undefined;
  if (recorded.place === wanted || !recorded.isOfStack || !mayHoldResources(root, recorded.place)) {
    rmSync(recordFile(root, stack));
    return undefined;
  }
  if (migrate) return undefined;
  const elsewhere = recorded.place.startsWith('s3://')
    ? `delete ${relative(root, recordFile(root, stack))}`
    : `move ${recorded.place} away`;
  return (
    `${stack.stack}: its Terraform state was in ${recorded.place}, but is now expected in ${wanted}. ` +
    `To move it, run "npm run diff -- ${stack.stack} --migrate-state", which overwrites a state that is already there. ` +
    `To use the state that is already there, ${elsewhere} and run the command again: ` +
    `the resources of the other state stay in AWS`
  );
}

/** Without a record, Terraform would start with the state in S3, although resources may be in a local file. */
function leftBehind(root: string, stack: StackState): string | undefined {
  const file = localStateFile(stack.key);
  if (stack.state.kind === 'local' || !mayHoldResources(root, file)) return undefined;
  return (
    `${stack.stack}: ${file} has a Terraform state with resources, but the state is now expected in ${placeOf(stack)}. ` +
    `To move it, run "LOCAL_STATE=1 npm run diff -- ${stack.stack}" and then "npm run diff -- ${stack.stack} --migrate-state". ` +
    `If it was moved before, or its resources are not needed, move the file away`
  );
}

/** A local file in the folder of the project, or an S3 location. */
export function placeOf({ key, state }: StackState): string {
  return state.kind === 'local' ? localStateFile(key) : `s3://${state.bucket}/${key}`;
}

function regionOf({ state }: StackState): string | undefined {
  return state.kind === 's3' ? state.region : undefined;
}

/** A state in S3 cannot be read without credentials, so it counts as one with resources. */
function mayHoldResources(root: string, place: string): boolean {
  if (place.startsWith('s3://')) return true;
  const file = join(root, place);
  if (!existsSync(file)) return false;
  const parsed = StateSchema.safeParse(parseJson(file));
  return !parsed.success || parsed.data.resources.length > 0;
}

interface Recorded {
  readonly place: string;
  readonly region: string | undefined;
  /** False if it is the state of the same stack of another PROJECT. */
  readonly isOfStack: boolean;
}

/** Reads what Terraform wrote down about the backend of the last `init` in the stack's folder. */
function readRecord(root: string, stack: StackState): Recorded | undefined {
  const file = recordFile(root, stack);
  const parsed = RecordSchema.safeParse(existsSync(file) ? parseJson(file) : undefined);
  if (!parsed.success) return undefined;
  const { backend } = parsed.data;
  if (backend.type === 's3') {
    const { bucket, key, region } = backend.config;
    const isOfStack = key === stack.key;
    return { place: `s3://${bucket}/${key}`, region: region ?? undefined, isOfStack };
  }
  const place = relative(root, resolve(stackFolder(root, stack.stack), backend.config.path));
  return { place, region: undefined, isOfStack: place === localStateFile(stack.key) };
}

function recordFile(root: string, { stack }: StackState): string {
  return join(stackFolder(root, stack), '.terraform', 'terraform.tfstate');
}

function parseJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

const RecordSchema = z.object({
  backend: z.discriminatedUnion('type', [
    z.object({ type: z.literal('local'), config: z.object({ path: z.string() }) }),
    z.object({
      type: z.literal('s3'),
      config: z.object({ bucket: z.string(), key: z.string(), region: z.string().nullish() }),
    }),
  ]),
});

const StateSchema = z.object({ resources: z.array(z.unknown()) });
