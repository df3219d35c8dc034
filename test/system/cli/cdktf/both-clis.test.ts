import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { chooseCli, isCdktfBuilt } from '../../../../cli/shared/cdktf-cli.js';
import { runCli, type CliResult } from '../../../support/cli/run-cli.js';
import { suite } from '../../terraform/terraform-suite.js';

/** An app with two stacks that need no provider, so that both CLIs deploy it without a network. */
const APP = `
import { App, TerraformStack, TerraformOutput } from 'cdktf';
const app = new App();
for (const name of ['tides', 'waves']) {
  const stack = new TerraformStack(app, name);
  stack.addOverride('resource.terraform_data.thing', { input: '${'long '.repeat(30)}' });
  new TerraformOutput(stack, 'answer', { value: '42' });
}
app.synth();
`;

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function appFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'both-clis-'));
  folders.push(folder);
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'main.mjs'), APP);
  // As in a project, the names of the stacks are known from the folders of pipelines.
  for (const name of ['tides', 'waves']) {
    mkdirSync(join(folder, 'pipelines', name), { recursive: true });
    writeFileSync(join(folder, 'pipelines', name, 'config.yaml'), '');
  }
  writeFileSync(
    join(folder, 'cdktf.json'),
    JSON.stringify({ language: 'typescript', app: 'node main.mjs', projectId: 'both-clis' }),
  );
  writeFileSync(join(folder, 'package.json'), '{"name":"both-clis","version":"1.0.0"}');
  return folder;
}

/** The CLIs that run on this version of Node. */
const CLIS = ['cdktf', 'cdktn'].filter((wanted) => {
  try {
    const { name } = chooseCli({ wanted, node: process.versions.node, isBuilt: isCdktfBuilt });
    return name !== 'cdktf' || isCdktfBuilt();
  } catch {
    return false;
  }
});

/** Replaces what differs between two runs of the same CLI. */
function constant(text: string): string {
  return text
    .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<id>')
    .replace(/\d+s\b/g, '<time>');
}

const COMMANDS = {
  list: ['list'],
  synth: ['synth'],
  diff: ['diff', 'waves'],
  deploy: ['deploy', 'waves', '--auto-approve'],
  again: ['diff', 'waves'],
  destroy: ['destroy', 'waves', '--auto-approve'],
  unknown: ['deploy', 'nope', '--auto-approve'],
} as const;

async function runAll(cli: string): Promise<Record<keyof typeof COMMANDS, CliResult>> {
  const cwd = appFolder();
  const results: [string, CliResult][] = [];
  for (const [name, words] of Object.entries(COMMANDS)) {
    const env = { CDK_CLI: cli, CHECKPOINT_DISABLE: '1' };
    const result = await runCli('test/support/cli/start-cdktf.ts', words, { cwd, env });
    const { code, stdout, stderr } = result;
    results.push([name, { code, stdout: constant(stdout), stderr: constant(stderr) }]);
  }
  return Object.fromEntries(results) as Record<keyof typeof COMMANDS, CliResult>;
}

suite('the CLIs that run on this version of Node', () => {
  test('print the same, and have the same exit codes', async () => {
    expect(CLIS).not.toEqual([]);
    const [first, ...others] = await Promise.all(CLIS.map(runAll));
    if (first === undefined) throw new Error('no CLI');

    for (const other of others) expect(other).toEqual(first);
    const { list, synth, diff, deploy, again, destroy, unknown } = first;
    for (const { code, stderr } of [list, synth, diff, deploy, again, destroy])
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(list.stdout.split('\n').map((line) => line.replace(/ {2,}/, ' '))).toEqual([
      'Stack name Path',
      'tides cdktf.out/stacks/tides',
      'waves cdktf.out/stacks/waves',
      '',
    ]);
    expect(synth.stdout).toBe('Generated Terraform code for the stacks: tides, waves\n');
    expect(diff.stdout).toMatch(/^Plan: 1 to add, 0 to change, 0 to destroy\.$/m);
    expect(diff.stdout).toContain(`      + input  = "${'long '.repeat(30)}"\n`);
    expect(deploy.stdout).toMatch(
      /^Apply complete! Resources: 1 added, 0 changed, 0 destroyed\.$/m,
    );
    expect(again.stdout).toMatch(/^No changes\./m);
    expect(destroy.stdout).toMatch(/^Destroy complete! Resources: 1 destroyed\.$/m);
    expect(unknown).toMatchObject({
      code: 1,
      stderr: "Usage Error: Could not find stack for pattern 'nope'\n",
    });
    for (const { stdout } of Object.values(first)) expect(stdout).not.toContain('\u001b');
  }, 600_000);
});
