import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Returns the variable by which all stacks of this machine share one copy of each provider, which has 700 MB: the folder
 * that cdktf uses, too. Terraform does not lock it, so one `terraform init` must end before the next begins. Creates the
 * folder, as Terraform requires. CDKTF_DISABLE_PLUGIN_CACHE_ENV leaves the variable out, as in cdktf.
 */
export function pluginCache(env: Env): Readonly<Record<string, string>> {
  if ((env['CDKTF_DISABLE_PLUGIN_CACHE_ENV'] ?? '') !== '') return {};
  const given = env['TF_PLUGIN_CACHE_DIR'] ?? '';
  const folder =
    given === '' ? join(env['HOME'] ?? homedir(), '.terraform.d', 'plugin-cache') : given;
  mkdirSync(folder, { recursive: true });
  return { TF_PLUGIN_CACHE_DIR: folder };
}
