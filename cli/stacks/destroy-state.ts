import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { PROVIDER_LOCK } from '../../modules/config/providers.js';
import { runChild } from '../shared/child.js';
import { CommandError, UsageError } from '../shared/command.js';
import { startInForeground } from '../shared/foreground.js';
import { pluginCache } from '../shared/plugin-cache.js';
import { placeOf } from '../shared/state-move.js';
import { counted } from '../shared/table.js';
import { destroyLosses } from './destroy-losses.js';
import { destroyConfig } from './destroy-config.js';
import { checkProviderLock, withLockHint } from './provider-lock.js';
import { resourcesIn } from './states.js';
import type { OnlyState } from './without-folder.js';

/** Options of `cdktf destroy` that also apply here, and what Terraform calls them. */
const OPTIONS: Readonly<Record<string, string>> = {
  '--auto-approve': '-auto-approve',
  '--no-color': '-no-color',
};

/** Translates options of `cdktf destroy` to those of Terraform. Throws UsageError. */
export function terraformOptions(
  given: readonly string[],
  { isTTY = false }: { readonly isTTY?: boolean },
): readonly string[] {
  const unknown = given.find((option) => OPTIONS[option] === undefined);
  if (unknown !== undefined)
    throw new UsageError(
      `${unknown} does not apply to a stack without a folder, which Terraform destroys without cdktf (known: ${Object.keys(OPTIONS).join(', ')})`,
    );
  if (!isTTY && !given.includes('--auto-approve'))
    throw new UsageError(
      'cannot ask for confirmation: stdin is not a terminal. Pass --auto-approve to go ahead',
    );
  return given.flatMap((option) => OPTIONS[option] ?? []);
}

interface DestroyOptions {
  readonly root: string;
  /** Options of `terraform destroy`. */
  readonly options: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly say: (sentence: string) => void;
}

/**
 * Destroys the stack of a state with Terraform, which asks and prints what it does. Throws CommandError if it could not
 * start.
 *
 * @returns the exit code of Terraform
 */
export async function destroyState(
  only: OnlyState,
  { root, options, env, say }: DestroyOptions,
): Promise<number> {
  const count = resourcesIn(only.content);
  if (count === 0) {
    say(`nothing to destroy: ${placeOf(only)} has no resources`);
    return 0;
  }
  checkProviderLock(root);
  const folder = join(root, 'cdktf.out', 'without-folder', only.stack);
  writeConfig(folder, { root, config: configOf(only, env) });
  say(
    `${only.stack} has no stack in this checkout: destroying ${counted(count, 'resource')} in ${placeOf(only)}, ` +
      `with the configuration in ${relative(root, folder)}`,
  );
  for (const sentence of destroyLosses(only.stack, only.content)) say(sentence);
  const init = await runChild('terraform', ['init', '-input=false', '-no-color', '-reconfigure'], {
    cwd: folder,
    env: { ...QUIET, ...pluginCache(env) },
  });
  if (init.code !== 0)
    throw new CommandError(
      `terraform init failed:\n${withLockHint(init.stderr.trim() || init.stdout.trim())}`,
    );
  return startInForeground('terraform', ['destroy', ...options], { cwd: folder, env: QUIET }).ended;
}

const QUIET = { CHECKPOINT_DISABLE: '1' };

function configOf(only: OnlyState, env: DestroyOptions['env']): object {
  const regions = [env['AWS_REGION'], env['AWS_DEFAULT_REGION']];
  const region = regions.find((value) => value !== undefined && value !== '');
  return destroyConfig(only, only.content, region);
}

function writeConfig(
  folder: string,
  { root, config }: { readonly root: string; readonly config: object },
): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'main.tf.json'), `${JSON.stringify(config, undefined, 2)}\n`);
  const lock = join(root, PROVIDER_LOCK);
  if (existsSync(lock)) copyFileSync(lock, join(folder, PROVIDER_LOCK));
}
