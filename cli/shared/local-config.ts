import { readLocalConfig, type LocalConfig } from '../../modules/config/environment/local.js';
import type { PipelineConfig } from '../../modules/config/config.js';

/** Reads the config of a pipeline for work on this machine, without PROJECT if need be. Throws ConfigError. */
export function localConfig(folder: string): PipelineConfig {
  return readWithNotice(folder).config;
}

/** Like localConfig, with the places of the values. Says on stderr which environment gives what config.yaml lacks. */
export function readWithNotice(folder: string): LocalConfig {
  const read = readLocalConfig(folder);
  const { borrowed } = read;
  if (borrowed !== undefined && !said.has(borrowed)) {
    said.add(borrowed);
    process.stderr.write(
      `no environment of PROJECT: the keys that config.yaml lacks are those of ${borrowed}\n`,
    );
  }
  return read;
}

/** The files that were named already. */
const said = new Set<string>();
