import { cpSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { MODULE_NAMES, MODULES_FOLDER } from '../../../modules/terraform/generate/names.js';
import { madeBy, planOf } from './module-root.js';
import { mockProvider, OFFLINE } from './offline.js';
import { found, suite } from './terraform-suite.js';

const TIMEOUT_MS = 240_000;
const EXAMPLES = 'examples/plain-hcl';

/** Copies the example to its place next to the modules, with code to deploy and a provider that works offline. */
function copyOf(folder: string, aliases: readonly string[]): string {
  const top = mkdtempSync(join(tmpdir(), 'example-'));
  const root = join(top, folder);
  cpSync(folder, root, { recursive: true });
  symlinkSync(resolve(MODULES_FOLDER), join(top, MODULES_FOLDER));
  writeCode(join(top, 'dist', 'sentinel1'));
  const blocks = [OFFLINE, ...aliases.map((alias) => ({ alias, ...OFFLINE }))];
  const override = { provider: { aws: blocks } };
  writeFileSync(join(root, 'zz_override.tf.json'), JSON.stringify(override));
  return root;
}

/** Copies a module, with the code that its example refers to. Returns the folder of the example. */
function copyOfModule(name: string): string {
  const module = join(mkdtempSync(join(tmpdir(), 'module-')), name);
  cpSync(join(MODULES_FOLDER, name), module, { recursive: true });
  const root = join(module, 'examples', 'basic');
  writeCode(root);
  writeCode(join(root, 'dist', 'sentinel1'));
  return root;
}

function writeCode(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const name of ['app', 'collection', 'historic', 'verify', 'breaker']) {
    writeFileSync(join(folder, `${name}.zip`), `stands for the zip of ${name}`);
  }
}

/** Applies the root against mocks. */
async function applyMocked(
  root: string,
  { aliases, variables }: { readonly aliases: readonly string[]; readonly variables: object },
): Promise<string> {
  const mocks = [mockProvider(), ...aliases.map((alias) => ({ ...mockProvider(), alias }))];
  const file = {
    mock_provider: { aws: mocks },
    variables,
    run: { example: { command: 'apply' } },
  };
  writeFileSync(join(root, 'example.tftest.json'), JSON.stringify(file));
  return found().run(root, 'test');
}

function writeVariables(root: string, variables: object): void {
  writeFileSync(join(root, 'example.auto.tfvars.json'), JSON.stringify(variables));
}

const INGESTOR = {
  ingestor_url: 'https://ingestor.example.com/api',
  secret_arn: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:stac-ingestor-AbCdEf',
};

suite('the example in HCL', () => {
  test(
    'of two datasets plans a whole pipeline and a second queue for each, and applies against mocks',
    async () => {
      const root = copyOf(join(EXAMPLES, 'datasets'), ['topic']);
      writeVariables(root, INGESTOR);

      const made = madeBy(await planOf(found(), root));

      const ofDataset = (id: string) => made.filter((address) => address.includes(`["${id}"]`));
      expect(ofDataset('sentinel1_ew').length).toBeGreaterThan(25);
      expect(ofDataset('sentinel1_iw').length).toBeGreaterThan(ofDataset('sentinel1_ew').length);
      expect([...ofDataset('sentinel1_ew'), ...ofDataset('sentinel1_iw')].sort()).toEqual(made);
      expect(made).toContain('module.observer["sentinel1_ew"].aws_sqs_queue.queue');
      expect(await applyMocked(root, { aliases: ['topic'], variables: INGESTOR })).toContain(
        '1 passed, 0 failed',
      );
    },
    TIMEOUT_MS,
  );

  test(
    'of an inventory plans nothing but the inventory, and applies against mocks',
    async () => {
      const root = copyOf(join(EXAMPLES, 'inventory'), []);
      const variables = { results_bucket: 'demo-results' };
      writeVariables(root, variables);

      const made = madeBy(await planOf(found(), root));

      expect(made).toContain('module.inventory.aws_glue_catalog_table.inventory_table');
      expect(made.filter((address) => address.includes('lambda'))).toEqual([]);
      expect(await applyMocked(root, { aliases: [], variables })).toContain('1 passed, 0 failed');
    },
    TIMEOUT_MS,
  );

  test(
    'is written as `terraform fmt` has it',
    async () => {
      expect(await found().run(EXAMPLES, 'fmt', '-check', '-recursive')).toBe('');
      expect(await found().run(MODULES_FOLDER, 'fmt', '-check', '-recursive')).toBe('');
    },
    TIMEOUT_MS,
  );
});

suite.each(MODULE_NAMES)('the example of the module %s', (name) => {
  test(
    'is valid',
    async () => {
      const root = copyOfModule(name);
      await found().run(root, 'init', '-backend=false', '-input=false');

      expect(JSON.parse(await found().run(root, 'validate', '-json'))).toMatchObject({
        valid: true,
        diagnostics: [],
      });
    },
    TIMEOUT_MS,
  );
});
