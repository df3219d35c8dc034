import { z } from 'zod';
import { ConfigError } from './config-error.js';

export interface StateBucket {
  readonly bucket: string;
  readonly region: string;
}

/** Where Terraform keeps a stack's state. */
export type StateSettings = ({ readonly kind: 's3' } & StateBucket) | { readonly kind: 'local' };

type Env = Readonly<Record<string, string | undefined>>;

/** Throws ConfigError. */
export function readStateSettings(env: Env, cdktfJson: string): StateSettings {
  if (env['LOCAL_STATE'] === '1') return { kind: 'local' };
  return { kind: 's3', ...readStateBucket(env, cdktfJson) };
}

/** From the environment, or else from the context of cdktf.json (its text). Throws ConfigError. */
export function readStateBucket(env: Env, cdktfJson: string): StateBucket {
  const { context = {} } = CdktfJsonSchema.parse(JSON.parse(cdktfJson));
  const find = (name: keyof typeof context): string =>
    [env[name], context[name]].find((value) => value !== undefined && value !== '') ?? '';
  const bucket = find('STATE_BUCKET');
  const region = find('STATE_REGION');
  const missing = [
    ...(bucket === '' ? ['STATE_BUCKET'] : []),
    ...(region === '' ? ['STATE_REGION'] : []),
  ];
  if (missing.length > 0) throw new ConfigError([`${missing.join(' and ')} not set: ${HOW_TO}`]);
  return { bucket, region };
}

/** The context is for what is the same for everyone who deploys the project. */
const CdktfJsonSchema = z.object({
  context: z
    .object({ STATE_BUCKET: z.string().optional(), STATE_REGION: z.string().optional() })
    .optional(),
});

const HOW_TO =
  'Terraform keeps the state of every stack in that S3 bucket. Set both in the environment or in the context of ' +
  'cdktf.json; `npm run bootstrap` makes the bucket. For trying out, LOCAL_STATE=1 keeps the state in a file here';
