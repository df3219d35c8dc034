import type { PipelineConfig } from '../config/config.js';
import type { Deployer } from './targets.js';

type Bounded = Pick<PipelineConfig, 'id' | 'permissions_boundary_arn'>;

/** The boundaries that the roles of a deployer's pipelines have, and a sentence if not every role has one. */
export interface Boundaries extends Pick<Deployer, 'permissionsBoundaries'> {
  readonly note?: string;
}

/** Returns the permissions boundaries that a policy can demand: none if a pipeline has none. */
export function boundariesOf(pipelines: readonly Bounded[]): Boundaries {
  const arns = pipelines.flatMap((config) => config.permissions_boundary_arn ?? []);
  if (arns.length === 0) return {};
  const without = pipelines.filter((config) => config.permissions_boundary_arn === undefined);
  if (without.length === 0) return { permissionsBoundaries: [...new Set(arns)].sort() };
  const ids = without.map(({ id }) => id).join(', ');
  return {
    note:
      `The policy demands no permissions boundary and cannot set one, because these pipelines have none: ${ids}. ` +
      'Set permissions_boundary_arn in the config.yaml of every pipeline, then run npm run synth and this command again.',
  };
}
