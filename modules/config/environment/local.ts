import { basename, resolve } from 'node:path';
import {
  checkLayers,
  readConfigOf,
  readOwn,
  rootOf,
  type OwnConfig,
  type ReadConfig,
} from '../config.js';
import { parseProject } from '../names.js';
import { ConfigError } from '../values/error.js';
import { readEnvironment, type Environment } from './environment.js';
import { listEnvironments } from './folder.js';
import { valuesOf, type Layer } from './layers.js';

/** A config for work on this machine, which needs no PROJECT. */
export interface LocalConfig extends ReadConfig {
  /** The file whose values stand in for keys that config.yaml does not have; undefined if none does. */
  readonly borrowed: string | undefined;
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Reads the config of a pipeline for work on this machine. If PROJECT has an environment, it is read as for a deployment.
 * Otherwise config.yaml counts, and keys that only environments give are those of one environment: of those with which
 * the config is whole the one that gives most such keys, and the first by name among equals. Throws ConfigError.
 */
export function readLocalConfig(folder: string, env: Env = process.env): LocalConfig {
  const chosen = environmentOfProject(folder, env['PROJECT']);
  if (chosen?.exists) return { ...readConfigOf(folder, chosen), borrowed: undefined };
  const own = readOwn(folder);
  for (const lender of lendersOf(folder, own)) {
    const read = tryBorrow(folder, own, lender);
    if (read !== undefined) return { ...read, borrowed: lender.file };
  }
  return { ...readConfigOf(folder), borrowed: undefined };
}

function environmentOfProject(
  folder: string,
  project: string | undefined,
): Environment | undefined {
  try {
    return readEnvironment({ root: rootOf(folder), project: parseProject(project) });
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}

interface Lender {
  readonly file: string;
  readonly layers: readonly Layer[];
  /** The number of keys that only the environment gives. */
  readonly count: number;
}

function lendersOf(folder: string, own: OwnConfig): readonly Lender[] {
  const root = rootOf(folder);
  const keysOf = ({ document }: Layer) => Object.keys(valuesOf(document.value));
  const has = new Set(keysOf(own));
  return listEnvironments(root)
    .projects.flatMap((project) => readEnvironment({ root, project }) ?? [])
    .map(({ file, layersOf }) => {
      const layers = layersOf(basename(resolve(folder)), own.document);
      const lent = new Set(layers.flatMap(keysOf).filter((key) => !has.has(key)));
      return { file, layers, count: lent.size };
    })
    .filter(({ count }) => count > 0)
    .toSorted((one, other) => other.count - one.count);
}

/** With config.yaml before the environment; where they do not go together that way, as they are deployed. */
function tryBorrow(folder: string, own: OwnConfig, { layers }: Lender): ReadConfig | undefined {
  for (const order of [
    [...layers, own],
    [own, ...layers],
  ]) {
    try {
      return checkLayers(folder, { own, layers: order });
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
    }
  }
  return undefined;
}
