import { expect, test } from '@jest/globals';
import { pipelineNames } from '../../../modules/config/names.js';
import { planOf, writeRoot } from './module-root.js';
import { findTerraform } from './terraform.js';

const TIMEOUT_MS = 240_000;

const terraform = await findTerraform();

/** Short names, the longest names, and names that look like others once `-` and `_` are replaced. */
const DEPLOYMENTS: readonly (readonly [project: string, pipeline: string])[] = [
  ['demo', 'waves'],
  ['demo', 'cop_dem_30'],
  ['a'.repeat(20), `w${'_aves'.repeat(8)}`.slice(0, 40)],
  ['a--b', 'c_d'],
  [`${'a-'.repeat(9)}b-`, 'waves_of_the_sea_and_of_the_land'],
];
const ACCOUNT = '123456789012';

const ARGUMENTS = {
  folder: '${path.root}/code',
  ingestor_url: 'https://ingestor.example.com/api',
  secret_arn: `arn:aws:secretsmanager:eu-central-1:${ACCOUNT}:secret:ingestor-AbCdEf`,
  sns: 'arn:aws:sns:eu-central-1:214830741341:NewWaves',
  inventory_location: 's3://reports/daily/waves/everything',
  historic_frequency: 1,
  initial_chunk: '2022-04-20',
  verify_ingestion: true,
};

/** All names in a stack. */
function namesOf(project: string, pipeline: string): string[] {
  const { functions, schedules, alarm, ...names } = pipelineNames({
    project,
    pipeline,
    account: ACCOUNT,
  });
  const { historic, verify } = functions;
  return [
    ...Object.values(names),
    ...Object.values(schedules),
    ...Object.values(functions).flatMap((named) => [named.function, named.role, named.logGroup]),
    ...[historic.onFailureQueue, verify.onFailureQueue],
    ...[alarm('age'), alarm('dead-letters')],
  ].sort();
}

const NAME_ARGUMENTS = ['name', 'function_name', 'bucket', 'alarm_name', 'dashboard_name'];

(terraform === undefined ? test.skip : test)(
  'the module pipeline names everything as a stack does, however long or odd its name is',
  async () => {
    if (terraform === undefined) throw new Error('skipped without Terraform');
    const calls = DEPLOYMENTS.map(([project, id], index) => {
      const call = { module: 'pipeline', arguments: { ...ARGUMENTS, project, id } };
      return [`deployment_${index}`, call] as const;
    });

    const { resource_changes = [] } = await planOf(terraform, writeRoot(Object.fromEntries(calls)));

    for (const [index, [project, pipeline]] of DEPLOYMENTS.entries()) {
      const own = resource_changes.filter(({ address }) =>
        address.startsWith(`module.deployment_${index}.`),
      );
      const given = own.flatMap(({ change }) =>
        NAME_ARGUMENTS.map((argument) => change.after?.[argument]),
      );
      expect(given).toEqual(expect.arrayContaining(namesOf(project, pipeline)));
    }
  },
  TIMEOUT_MS,
);
