import type { Target } from './targets.js';

/** Actions that Terraform's AWS provider calls to create, read, update and delete a resource. */
export interface ResourceActions {
  /** Names without the prefix of the service. */
  readonly actions: readonly string[];
  readonly service: string;
  /** Targets whose ARN patterns the actions apply to. */
  readonly on: readonly Target[];
  readonly condition?: ActionCondition;
  /** Whether the actions know the condition key iam:PermissionsBoundary. */
  readonly knowsBoundary?: true;
}

/** A condition of a statement. Its values are texts, or targets that stand for their ARN patterns. */
export interface ActionCondition {
  readonly test: string;
  readonly key: string;
  readonly values: readonly string[];
}

export const TAGS = ['TagResource', 'UntagResource'];
export const MORE_TAGS = [...TAGS, 'ListTagsForResource'];

export function when(condition: ActionCondition, entry: ResourceActions): ResourceActions {
  return { ...entry, condition };
}

export function withBoundary(entry: ResourceActions): ResourceActions {
  return { ...entry, knowsBoundary: true };
}

export function of(
  service: string,
  on: ResourceActions['on'],
  actions: readonly string[],
): ResourceActions {
  return { service, on, actions };
}

export function crud(noun: string): string[] {
  return ['Create', 'Get', 'Update', 'Delete'].map((verb) => `${verb}${noun}`);
}
