import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetObjectCommand, NoSuchKey, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { z } from 'zod';
import { S3_REQUESTS } from '../../lambdas/runtime/aws-requests.js';
import {
  localStateFile,
  pipelineOfKey,
  pipelineOfLocalState,
  stateKeys,
  type StateSettings,
} from '../../modules/config/state.js';
import { oncePer } from '../shared/aws-clients.js';
import { CommandError } from '../shared/command.js';
import { errorText } from '../shared/deployed-pipeline.js';

/** A Terraform state, as far as it says what is deployed. @see https://developer.hashicorp.com/terraform/language/state */
const State = z.object({
  resources: z.array(
    z.object({
      module: z.string().optional(),
      mode: z.enum(['managed', 'data']),
      type: z.string(),
      name: z.string(),
      /** Such as `provider["registry.terraform.io/hashicorp/aws"].topic`. */
      provider: z.string(),
      instances: z.array(z.object({ attributes: z.record(z.string(), z.unknown()).nullish() })),
    }),
  ),
});
export type State = z.infer<typeof State>;

/** The states of a project's pipelines, in the bucket or in local files. */
export interface States {
  /** Where they are, for messages: `s3://states/demo/` or `demo-*.tfstate`. */
  readonly place: string;
  /** Returns the ids of the pipelines that have a state, also one without resources. Throws CommandError. */
  list(): Promise<readonly string[]>;
  /** Returns undefined if the pipeline has no state. Throws CommandError. */
  read(id: string): Promise<State | undefined>;
}

interface ProjectStates {
  /** Name of the project. */
  readonly name: string;
  readonly state: StateSettings;
}

/** @param root folder of the project, which has the local files */
export function statesOf({ name, state }: ProjectStates, root: string): States {
  return state.kind === 'local' ? localStates(name, root) : bucketStates(name, state);
}

/** The same states, each of which is read once. */
export function readOnce(states: Pick<States, 'read'>): Pick<States, 'read'> {
  return { read: oncePer((id) => states.read(id)) };
}

/** Returns the number of resources that a state holds. */
export function resourcesIn({ resources }: State): number {
  const managed = resources.filter(({ mode }) => mode === 'managed');
  return managed.reduce((sum, { instances }) => sum + instances.length, 0);
}

function localStates(project: string, root: string): States {
  const fileOf = (id: string) => localStateFile(stateKeys.pipeline(project, id));
  return {
    place: fileOf('*'),
    list: () =>
      Promise.resolve(idsIn(readdirSync(root), (file) => pipelineOfLocalState(project, file))),
    read: (id) => {
      const file = join(root, fileOf(id));
      return Promise.resolve(
        existsSync(file) ? stateOf(readFileSync(file, 'utf8'), fileOf(id)) : undefined,
      );
    },
  };
}

function bucketStates(
  project: string,
  { bucket, region }: Extract<StateSettings, { readonly kind: 's3' }>,
): States {
  const s3 = new S3Client({ region, followRegionRedirects: true, requestHandler: S3_REQUESTS });
  const place = `s3://${bucket}/${stateKeys.pipeline(project, '')}`.replace(/[^/]*$/, '');
  return {
    place,
    list: async () => {
      const input = { Bucket: bucket, Prefix: `${project}/` };
      const keys: string[] = [];
      try {
        for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, input))
          keys.push(...Contents.map(({ Key = '' }) => Key));
      } catch (cause) {
        throw new CommandError(`cannot list the states in ${place}: ${errorText(cause)}`, {
          cause,
        });
      }
      return idsIn(keys, (key) => pipelineOfKey(project, key));
    },
    read: async (id) => {
      const key = stateKeys.pipeline(project, id);
      const what = `s3://${bucket}/${key}`;
      try {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        return stateOf((await Body?.transformToString()) ?? '', what);
      } catch (cause) {
        if (cause instanceof NoSuchKey) return undefined;
        if (cause instanceof CommandError) throw cause;
        throw new CommandError(`cannot read the state ${what}: ${errorText(cause)}`, { cause });
      }
    },
  };
}

function idsIn(names: readonly string[], idOf: (name: string) => string | undefined) {
  return names.flatMap((name) => idOf(name) ?? []).sort();
}

/** Parses a state. Throws CommandError. @param what where the text is from, for the error */
export function stateOf(text: string, what: string): State {
  try {
    return State.parse(JSON.parse(text));
  } catch (cause) {
    throw new CommandError(`${what} does not contain a Terraform state that can be read`, {
      cause,
    });
  }
}
