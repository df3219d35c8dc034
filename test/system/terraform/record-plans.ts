import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configOf } from '../../support/stacks/config-folder.js';
import { writeStack } from '../../support/stacks/stack-kit.js';
import { STATE_FILE } from './offline.js';
import { planOffline, standInState } from './stand-in-state.js';
import { findTerraform, type Terraform } from './terraform.js';

// Writes test/fixtures/plans: `node --import tsx test/system/terraform/record-plans.ts`, two minutes. The real provider plans
// changes to a stack that was never applied. Values that the summary does not use are left out.

const FOLDER = 'test/fixtures/plans';
const BEFORE = {
  sns: 'arn:aws:sns:us-west-2:214830741341:NewWaves',
  inventory_location: 's3://reports/daily/waves/everything',
  historic_frequency: '6',
  initial_chunk: '2022-04-20',
  source: '[s3://waves/raw/]',
};
const AFTER = { ...BEFORE, timeout_seconds: '90', source: '[s3://waves/raw/, s3://more-waves]' };
const WITHOUT_TOPIC = Object.fromEntries(Object.entries(BEFORE).filter(([key]) => key !== 'sns'));
const OTHER_HASH = 'BADC0DEBADC0DEBADC0DEBADC0DEBADC0DEBADC0DE0=';

type Edit = (stack: string) => string;
const asIs: Edit = (stack) => stack;

/** By name: the config after the change, and what else is changed in the synthesized stack. */
const CASES: Readonly<
  Record<string, { fields: Readonly<Record<string, string>>; hash?: string; edit: Edit }>
> = {
  none: { fields: BEFORE, edit: asIs },
  code: { fields: BEFORE, hash: OTHER_HASH, edit: asIs },
  'app-code': { fields: BEFORE, edit: otherCodeOfApp },
  settings: { fields: AFTER, edit: asIs },
  'no-topic': { fields: WITHOUT_TOPIC, edit: asIs },
  'table-replaced': {
    fields: BEFORE,
    edit: (stack) => stack.replaceAll('demo-waves-state', 'demo-waves-tokens'),
  },
  'queue-destroyed': { fields: BEFORE, edit: queueElsewhere },
};

function otherCodeOfApp(stack: string): string {
  const parsed = JSON.parse(stack) as { resource: { aws_lambda_function: { app: object } } };
  Object.assign(parsed.resource.aws_lambda_function.app, {
    source_code_hash: OTHER_HASH,
    filename: 'assets/app-1.zip',
  });
  return JSON.stringify(parsed);
}

/** Simulates a construct that was renamed without moving the resource in the state. */
function queueElsewhere(stack: string): string {
  const renamed = stack.replaceAll(/aws_sqs_queue\.queue(?=[."])/g, 'aws_sqs_queue.granules');
  const parsed = JSON.parse(renamed) as { resource: { aws_sqs_queue: Record<string, unknown> } };
  const { queue, ...others } = parsed.resource.aws_sqs_queue;
  return JSON.stringify({
    ...parsed,
    resource: { ...parsed.resource, aws_sqs_queue: { ...others, granules: queue } },
  });
}

async function record(terraform: Terraform): Promise<void> {
  const folder = writeStack(configOf(BEFORE));
  const state = await standInState(terraform, folder);
  writeFileSync(join(folder, STATE_FILE), '');
  save('create', await planOffline(terraform, folder));
  for (const [name, { fields, hash, edit }] of Object.entries(CASES)) {
    const changed = writeStack(configOf(fields), hash === undefined ? {} : { hashBase64: hash });
    const file = join(folder, 'cdk.tf.json');
    writeFileSync(file, edit(readFileSync(join(changed, 'cdk.tf.json'), 'utf8')));
    writeFileSync(join(folder, STATE_FILE), state);
    save(name, await planOffline(terraform, folder));
  }
}

interface Recorded {
  readonly format_version: string;
  readonly resource_changes: readonly {
    readonly change: { readonly actions: readonly string[] };
  }[];
  readonly configuration: { readonly root_module: { readonly resources: readonly Configured[] } };
}

interface Configured {
  readonly address: string;
  readonly expressions: Readonly<Record<string, unknown>>;
}

/** Arguments whose expressions are kept; of the others only the names matter. */
const CONFIGURED = ['policy', 'assume_role_policy', 'statement'];

function save(name: string, text: string): void {
  const { format_version, resource_changes, configuration } = JSON.parse(text) as Recorded;
  const changes = resource_changes.filter(({ change }) => change.actions[0] !== 'no-op');
  const resources = configuration.root_module.resources.map(({ address, expressions }) => ({
    address,
    expressions: Object.fromEntries(
      Object.entries(expressions).map(([key, value]) => [
        key,
        CONFIGURED.includes(key) ? value : {},
      ]),
    ),
  }));
  const lines = (values: readonly object[]) =>
    values.map((value) => JSON.stringify(value)).join(',\n');
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(
    join(FOLDER, `${name}.json`),
    `{"format_version": ${JSON.stringify(format_version)}, "resource_changes": [\n${lines(changes)}\n],\n` +
      `"configuration": {"root_module": {"resources": [\n${lines(resources)}\n]}}}\n`,
  );
}

const terraform = await findTerraform();
if (terraform === undefined)
  throw new Error('recording plans needs Terraform and the AWS provider');
await record(terraform);
