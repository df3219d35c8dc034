import { compare, ComparisonSchema, type Comparison } from './compare.js';
import { IS_MISSING, IS_PRESENT } from './relation.js';
import type { Reconciliation } from './reconciliation.js';
import type { State } from './state.js';

/** Compares both sides, and removes what it no longer needs. */
export async function compareStage(
  state: State,
  { workspace, clock, show, selects }: Reconciliation,
): Promise<State & { readonly comparison: Comparison }> {
  show('compare', () => ({ text: 'comparing both sides' }));
  const comparison = await compare(workspace, {
    hasArchived: state.rows.archivedBytes > 0,
    listed: selects === undefined ? IS_MISSING : IS_PRESENT,
  });
  const compared = { ...state, comparison, comparedAt: new Date(clock.now()).toISOString() };
  workspace.write(compared);
  workspace.tidy();
  return compared;
}

/** Returns the comparison of a finished run. */
export function comparisonOf({ comparison }: Pick<State, 'comparison'>): Comparison | undefined {
  return ComparisonSchema.safeParse(comparison).data;
}
