import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { parsePlan } from '../../../cli/plan/json.js';
import { summarizePlan } from '../../../cli/plan/summary.js';
import { configOf } from '../../support/stacks/config-folder.js';
import { writeStack } from '../../support/stacks/stack-kit.js';
import { STATE_FILE } from './offline.js';
import { planOffline, standInState } from './stand-in-state.js';
import { found, suite } from './terraform-suite.js';

const TIMEOUT_MS = 240_000;
const MAPPING = 'aws_lambda_event_source_mapping.queue_mapping';

interface State {
  readonly resources: readonly {
    readonly type: string;
    readonly instances: readonly { readonly attributes: Record<string, unknown> }[];
  }[];
}

/** As `npm run hold` leaves the mapping, which the refresh of a plan finds. */
suite('a pipeline whose mapping is disabled', () => {
  let folder: string;

  beforeAll(async () => {
    folder = writeStack(configOf({}), { project: 'demo' });
    const state = JSON.parse(await standInState(found(), folder)) as State;
    const mapping = state.resources.find(({ type }) => type === MAPPING.split('.')[0]);
    Object.assign(mapping?.instances[0]?.attributes ?? {}, { enabled: false });
    writeFileSync(join(folder, STATE_FILE), JSON.stringify(state));
  }, TIMEOUT_MS);

  test(
    'has an empty plan',
    async () => {
      expect(readFileSync(join(folder, STATE_FILE), 'utf8')).toContain('"enabled":false');
      const { counts, consumption } = summarizePlan(parsePlan(await planOffline(found(), folder)));
      expect(Object.values(counts).filter((count) => count > 0)).toEqual([]);
      expect(consumption).toEqual({ isStarted: false });
    },
    TIMEOUT_MS,
  );

  test(
    'is started if its function is replaced, and the plan says so',
    async () => {
      const plan = parsePlan(
        await planOffline(found(), folder, '-replace=aws_lambda_function.app'),
      );

      expect(summarizePlan(plan).consumption).toEqual({ isStarted: true });
      const mapping = plan.resource_changes.find(({ address }) => address === MAPPING);
      expect(mapping?.change.after).toMatchObject({ enabled: true });
    },
    TIMEOUT_MS,
  );
});
