import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

const PROVIDER = 'registry.terraform.io/hashicorp/aws';
/** The folders where Terraform looks for providers, and where offline machines usually have them. */
const USUAL_PLACES = [
  join(homedir(), '.terraform.d', 'plugins'),
  '/usr/local/share/terraform/plugins',
  '/usr/share/terraform/plugins',
];
const SEARCH_SECONDS = 20;

export interface Outcome {
  readonly code: number;
  /** The text of stdout and stderr. */
  readonly output: string;
}

/** Terraform with the real provider, independent of the settings of the machine. */
export class Terraform {
  constructor(readonly environment: Readonly<Record<string, string>>) {}

  /** Returns the same Terraform with more environment variables, such as credentials. */
  with(environment: Readonly<Record<string, string>>): Terraform {
    return new Terraform({ ...this.environment, ...environment });
  }

  /** Runs in `folder`; throws an error with all output if Terraform fails. */
  async run(folder: string, ...words: readonly string[]): Promise<string> {
    const { code, output } = await this.try(folder, ...words);
    if (code !== 0) throw new Error(`terraform ${words.join(' ')} ended with ${code}:\n${output}`);
    return output;
  }

  async try(folder: string, ...words: readonly string[]): Promise<Outcome> {
    const [command = '', ...rest] = words;
    const all = [`-chdir=${folder}`, command, '-no-color', ...rest];
    try {
      const { stdout, stderr } = await execute('terraform', all, {
        env: this.environment,
        maxBuffer: 64 * 1024 * 1024,
      });
      return { code: 0, output: stdout + stderr };
    } catch (error) {
      const {
        code,
        stdout = '',
        stderr = '',
      } = error as { code?: number; stdout?: string; stderr?: string };
      return { code: code ?? 1, output: stdout + stderr };
    }
  }
}

/**
 * Undefined, with one line that says why, where Terraform or the provider are missing; throws instead when CI=true.
 * Without a mirror on this machine the provider comes from the registry.
 */
export async function findTerraform(): Promise<Terraform | undefined> {
  const terraform = new Terraform(environmentWith(await findMirror()));
  const missing = await whatIsMissing(terraform);
  if (missing === undefined) return terraform;
  if (process.env['CI'] === 'true') throw new Error(missing);
  process.stderr.write(`SKIPPED, what needs Terraform: ${missing}\n`);
  return undefined;
}

async function whatIsMissing(terraform: Terraform): Promise<string | undefined> {
  const { code } = await terraform.try(tmpdir(), 'version');
  if (code !== 0) return 'terraform is not on the PATH';
  const folder = mkdtempSync(join(tmpdir(), 'terraform-probe-'));
  const aws = { source: PROVIDER, version: '>= 5.100.0, < 7.0.0' };
  writeFileSync(
    join(folder, 'main.tf.json'),
    JSON.stringify({ terraform: { required_providers: { aws } } }),
  );
  const init = await terraform.try(folder, 'init', '-input=false');
  return init.code === 0 ? undefined : `${PROVIDER} cannot be had here: ${firstLine(init.output)}`;
}

function firstLine(output: string): string {
  return /Error: (.*)/.exec(output)?.[1] ?? output.slice(0, 200);
}

/** The folder above registry.terraform.io that contains the files of the provider. */
export async function findMirror(): Promise<string | undefined> {
  const usual = USUAL_PLACES.find((place) => existsSync(join(place, PROVIDER)));
  if (usual !== undefined) return usual;
  // Neither the providers of a folder nor a cache: Terraform cannot install from its cache into the same cache. Trees with
  // many folders would only take time.
  const left = ['.terraform', 'plugin-cache', 'node_modules', '.git', 'proc', 'sys'];
  const names = left.flatMap((name, index) => [...(index === 0 ? [] : ['-o']), '-name', name]);
  const mirror = ['-type', 'd', '-path', `*/${PROVIDER}`, '-print', '-quit'];
  const search = ['/', '-xdev', '-maxdepth', '8', '(', ...names, ')', '-prune', '-o', ...mirror];
  const { stdout } = await execute('find', search, { timeout: SEARCH_SECONDS * 1000 }).catch(
    // find exits with 1 if it may not read every folder, but it may still have found the provider.
    (error: unknown) => error as { stdout: string },
  );
  const [found = ''] = stdout.split('\n');
  return found === '' ? undefined : found.slice(0, -PROVIDER.length - 1);
}

/** Writes a CLI configuration, because TF_CLI_CONFIG_FILE of the machine may refer to a missing file. */
function environmentWith(mirror: string | undefined): Readonly<Record<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'terraform-'));
  const cache = join(process.cwd(), 'node_modules', '.cache', 'terraform-plugins');
  mkdirSync(cache, { recursive: true });
  const config =
    mirror === undefined
      ? `plugin_cache_dir = ${JSON.stringify(cache)}\n`
      : `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(mirror)}\n  }\n}\n`;
  const file = join(folder, 'config.tfrc');
  writeFileSync(file, config);
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: homedir(),
    TF_CLI_CONFIG_FILE: file,
    CHECKPOINT_DISABLE: '1',
    TF_IN_AUTOMATION: '1',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}
