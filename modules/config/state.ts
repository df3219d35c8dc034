import { z } from 'zod';
import { parseRegion } from './values/arn.js';
import { ConfigError, FieldError } from './values/error.js';
import { PIPELINE_ID, RESERVED_STACKS } from './values/pipeline-id.js';

/** The S3 bucket for the Terraform state. */
export interface StateBucket {
  readonly bucket: string;
  readonly region: string;
}

/** Where Terraform stores the state of a stack. */
export type StateSettings = ({ readonly kind: 's3' } & StateBucket) | { readonly kind: 'local' };

/** Keys of the states in the bucket. */
export const stateKeys = {
  pipeline: (project: string, id: string) => `${project}/${id}.tfstate`,
  bootstrap: (project: string) => `${project}/bootstrap.tfstate`,
  images: (project: string) => `images/${project}.tfstate`,
  githubOidc: (project: string) => `github_oidc/${project}.tfstate`,
} as const;

/** Returns the name of the file in the project's folder that has the state with LOCAL_STATE=1. */
export function localStateFile(key: string): string {
  return key.replaceAll('/', '-');
}

/** The inverse of `localStateFile(stateKeys.pipeline(project, id))`; undefined for another file. */
export function pipelineOfLocalState(project: string, file: string): string | undefined {
  return idIn(file, `${project}-`);
}

/** The inverse of `stateKeys.pipeline(project, id)`; undefined for another key, such as that of a lock. */
export function pipelineOfKey(project: string, key: string): string | undefined {
  return idIn(key, `${project}/`);
}

function idIn(text: string, prefix: string): string | undefined {
  const suffix = '.tfstate';
  if (!text.startsWith(prefix) || !text.endsWith(suffix)) return undefined;
  const id = text.slice(prefix.length, -suffix.length);
  return PIPELINE_ID.test(id) && !RESERVED_STACKS.includes(id) ? id : undefined;
}

/** The backend of a stack in its JSON. Terraform must run in a folder three levels below that of the project. */
export function backendOf(key: string, state: StateSettings): Readonly<Record<string, object>> {
  if (state.kind === 'local') return { local: { path: `../../../${localStateFile(key)}` } };
  const { bucket, region } = state;
  return { s3: { bucket, encrypt: true, key, region, use_lockfile: true } };
}

type Env = Readonly<Record<string, string | undefined>>;

/** Reads where the state is stored; LOCAL_STATE=1 selects local files. Throws ConfigError. */
export function readStateSettings(env: Env, cdktfJson: string): StateSettings {
  if (env['LOCAL_STATE'] === '1') return { kind: 'local' };
  return { kind: 's3', ...readStateBucket(env, cdktfJson) };
}

/**
 * Reads the bucket from the environment, or else from the context of cdktf.json, whose text is `cdktfJson`. `howTo`
 * ends the error if it is not set. Throws ConfigError.
 */
export function readStateBucket(env: Env, cdktfJson: string, howTo = HOW_TO): StateBucket {
  const context = contextOf(cdktfJson);
  const find = (name: keyof Context): string =>
    [env[name], context[name]].find((value) => value !== undefined && value !== '') ?? '';
  const bucket = find('STATE_BUCKET');
  const region = find('STATE_REGION');
  const missing = [
    ...(bucket === '' ? ['STATE_BUCKET'] : []),
    ...(region === '' ? ['STATE_REGION'] : []),
  ];
  if (missing.length > 0) throw new ConfigError([`${missing.join(' and ')} not set: ${howTo}`]);
  const faults = [
    faultOf('STATE_BUCKET', bucket, checkBucket),
    faultOf('STATE_REGION', region, parseRegion),
  ].filter((fault) => fault !== undefined);
  if (faults.length > 0) throw new ConfigError(faults);
  return { bucket, region };
}

/**
 * Reads whether the stack bootstrap has a dashboard over all pipelines, from the environment or the context of
 * cdktf.json. Throws ConfigError.
 */
export function readProjectDashboard(env: Env, cdktfJson: string): boolean {
  const given = env['PROJECT_DASHBOARD'] ?? contextOf(cdktfJson).PROJECT_DASHBOARD ?? '';
  if (given === '' || given === '1') return true;
  if (given === '0') return false;
  throw new ConfigError([
    `PROJECT_DASHBOARD must be 1 or 0 (given ${JSON.stringify(given)}): with 0 the stack bootstrap has no dashboard`,
  ]);
}

function contextOf(cdktfJson: string): Context {
  const parsed = CdktfJsonSchema.safeParse(JSON.parse(cdktfJson));
  if (parsed.success) return parsed.data.context ?? {};
  throw new ConfigError(
    parsed.error.issues.map(({ path, message }) => `cdktf.json ${path.join('.')}: ${message}`),
  );
}

/** Refuses `s3://name` and ARNs, but accepts the capitals and underscores of buckets created before 2018. */
function checkBucket(value: string): void {
  if (/^[\w.-]{3,255}$/.test(value)) return;
  throw new FieldError('must be the name of a bucket, without s3:// and path');
}

function faultOf(name: string, value: string, check: (value: string) => unknown) {
  try {
    check(value);
    return undefined;
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    return `${name} ${error.message} (given ${JSON.stringify(value)})`;
  }
}

/** The context is for settings that are the same for everyone who deploys the project. */
const CdktfJsonSchema = z.object({
  context: z
    .object({
      STATE_BUCKET: z.string().optional(),
      STATE_REGION: z.string().optional(),
      PROJECT_DASHBOARD: z.string().optional(),
    })
    .optional(),
});

type Context = NonNullable<z.infer<typeof CdktfJsonSchema>['context']>;

/** What to do for the stacks of BOOTSTRAP=1, which create the bucket and refer to it. */
export const HOW_TO_BOOTSTRAP =
  'the stack bootstrap creates this S3 bucket, and the roles of the stack github_oidc get access to it, so that both ' +
  'need its name, also with LOCAL_STATE=1. Set both in the environment or in the context of cdktf.json, for example ' +
  'STATE_BUCKET=demo-terraform-state STATE_REGION=eu-central-1';

const HOW_TO =
  'Terraform stores the state of every stack in this S3 bucket. Set both in the environment or in the context of ' +
  'cdktf.json; `npm run bootstrap` creates the bucket. To try things out, LOCAL_STATE=1 keeps the state in local files';
