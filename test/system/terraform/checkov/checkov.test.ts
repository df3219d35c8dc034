import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { synthesizeBootstrap } from '../../../../modules/stacks/synthesize.js';
import { readStack, synthesize } from '../../../support/stacks/stack-kit.js';
import { MATRIX } from '../../../support/stacks/stack-matrix.js';
import { findCheckov, scan, type Finding, type Scan, type TerraformJson } from './checkov.js';

interface Exception {
  readonly check: string;
  readonly only?: string;
  readonly why: string;
}

type Parts = Readonly<Record<string, TerraformJson>>;

const TIMEOUT_MS = 300_000;
const PLANTED = 'planted';

const exceptions = parse(
  readFileSync(join(import.meta.dirname, 'exceptions.yaml'), 'utf8'),
) as readonly Exception[];

function stacks(): Parts {
  const entries = Object.entries(MATRIX).map(([name, fields]) => [
    name.replace(/\W+/g, '-'),
    synthesize(fields) as unknown as TerraformJson,
  ]);
  return Object.fromEntries(entries) as Parts;
}

function bootstrapStacks(): Parts {
  const outdir = mkdtempSync(join(tmpdir(), 'checkov-bootstrap-'));
  synthesizeBootstrap(
    {
      name: 'demo',
      bucket: { bucket: 'demo-states', region: 'eu-west-1' },
      images: [{ id: 'waves', region: 'eu-west-1' }],
      compared: [{ id: 'waves', inventory: 's3://inventories/daily/waves/all', keys: [] }],
      dashboard: { regions: [] },
    },
    { outdir },
  );
  const stack = (id: string) => readStack(join(outdir, 'stacks', id)) as unknown as TerraformJson;
  return {
    bootstrap: stack('bootstrap'),
    images: stack('images'),
    github_oidc: stack('github_oidc'),
  };
}

function modules(): Parts {
  const read = (folder: string, file: string) =>
    JSON.parse(readFileSync(join('terraform-modules', folder, file), 'utf8')) as TerraformJson;
  const files = ['main.tf.json', 'variables.tf.json', 'outputs.tf.json'];
  const entries = readdirSync('terraform-modules').map((folder) => [
    `module-${folder}`,
    Object.assign({}, ...files.map((file) => read(folder, file))) as TerraformJson,
  ]);
  return Object.fromEntries(entries) as Parts;
}

/** A stack with a topic whose queue everyone may send to, and whose dead letters are not encrypted. */
function plantedStack(): TerraformJson {
  const stack = structuredClone(synthesize(MATRIX['notified'])) as unknown as {
    readonly data: Record<string, Record<string, { statement: Record<string, unknown>[] }>>;
    readonly resource: Record<string, Record<string, Record<string, unknown>>>;
  };
  const statement = stack.data['aws_iam_policy_document']?.['queue_policy']?.statement[0];
  const queue = stack.resource['aws_sqs_queue']?.['queue_dead-letters'];
  if (statement === undefined || queue === undefined) throw new Error('there is no queue policy');
  delete statement['condition'];
  Object.assign(statement, { principals: [{ type: 'AWS', identifiers: ['*'] }] });
  Object.assign(queue, { sqs_managed_sse_enabled: false });
  return stack;
}

function isPlanted({ where }: Finding): boolean {
  return where.startsWith(`${PLANTED}/`);
}

function covers({ check, only }: Exception, finding: Finding): boolean {
  return check === finding.check && (only === undefined || finding.where.includes(only));
}

/** Returns the findings that no exception covers, and the exceptions that cover no finding. */
function unmatched(listed: readonly Exception[], findings: readonly Finding[]) {
  return {
    findings: findings.filter((finding) => !listed.some((one) => covers(one, finding))),
    exceptions: listed.filter((one) => !findings.some((finding) => covers(one, finding))),
  };
}

const found = await findCheckov();
const skipped = 'missing' in found ? ` (skipped: ${found.missing})` : '';
const suite = 'missing' in found ? describe.skip : describe;

suite(`checkov${skipped}`, () => {
  let result: Scan = { findings: [], passed: 0 };

  beforeAll(async () => {
    const parts = { ...stacks(), ...bootstrapStacks(), ...modules(), [PLANTED]: plantedStack() };
    result = await scan('python' in found ? found.python : '', parts);
  }, TIMEOUT_MS);

  const findings = () => result.findings.filter((finding) => !isPlanted(finding));

  test('finds nothing in stacks and modules beyond the reasoned exceptions', () => {
    expect(result.passed).toBeGreaterThan(1000);
    expect(unmatched(exceptions, findings()).findings).toEqual([]);
  });

  test('finds what each exception is for', () => {
    const outdated: Exception = { check: 'CKV_AWS_27', why: 'No queue has this fault.' };

    expect(unmatched(exceptions, findings()).exceptions).toEqual([]);
    expect(unmatched([...exceptions, outdated], findings()).exceptions).toEqual([outdated]);
  });

  test('finds a queue that is public and one that is not encrypted', () => {
    const planted = unmatched(exceptions, result.findings.filter(isPlanted)).findings;

    expect(planted.map(({ check, where }) => `${check} ${where}`).sort()).toEqual([
      'CKV_AWS_111 planted/data.queue_policy',
      'CKV_AWS_27 planted/resource.queue_dead-letters',
      'CKV_AWS_283 planted/data.queue_policy',
      'CKV_AWS_356 planted/data.queue_policy',
    ]);
  });
});

test('each exception has a reason', () => {
  expect(exceptions.filter(({ why }) => !/^[A-Z].*\.$/.test(why))).toEqual([]);
});
