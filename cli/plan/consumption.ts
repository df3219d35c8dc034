import type { Hold } from '../../lambdas/hold/hold-row.js';
import { holdText } from '../shared/hold-text.js';
import type { Plan } from './json.js';

const MAPPING = 'aws_lambda_event_source_mapping';

/** Consumption that is held, or switched off by hand. */
export interface StoppedConsumption {
  /** Whether the apply makes the mapping again, which starts consumption. */
  readonly isStarted: boolean;
}

/** Finds out whether the event source mapping is disabled, as the refresh of a plan found it. */
export function stoppedIn(plan: Plan): StoppedConsumption | undefined {
  const { resources } = plan.prior_state.values.root_module;
  const isOff = resources.some(
    ({ type, values }) => type === MAPPING && values['enabled'] === false,
  );
  if (!isOff) return undefined;
  const changes = plan.resource_changes.filter(({ type }) => type === MAPPING);
  return { isStarted: changes.some(({ change }) => change.actions.includes('create')) };
}

/** A sentence as Markdown without emphasis. */
export function stoppedText(
  { isStarted }: StoppedConsumption,
  { pipeline, hold }: { readonly pipeline: string; readonly hold?: Hold | undefined },
): string {
  const since = hold === undefined ? 'stopped' : `held ${holdText(hold)}`;
  const then = isStarted
    ? `The apply makes its event source mapping again, which starts it: \`npm run hold -- ${pipeline}\` stops it again.`
    : 'The apply leaves it so.';
  return `Consumption of the queue is ${since}. ${then}`;
}
