import { join } from 'node:path';
import { ConfigError, ConfigProblems } from '../config/values/error.js';
import { contentOf, tryContentOf } from './pipeline-files.js';

const FRAMEWORK = join(import.meta.dirname, 'Dockerfile');
/** The line of the framework's Dockerfile that is replaced if there is an apt.txt. */
const PLACE_OF_SYSTEM_PACKAGES = '# apt.txt\n';
/** The last stage of the framework's Dockerfile, which a pipeline's own continues. */
const LAST_STAGE = 'framework';
/** Not left to the builder: buildah does not look for a stage whose name is the value of an argument. */
const BASE_IMAGE = /^(FROM\s+)(?:\$\{BASE_IMAGE\}|\$BASE_IMAGE\b)/gim;

/**
 * Returns the Dockerfile of a pipeline: the framework's, with the system packages of apt.txt, continued by the pipeline's
 * own. Throws ConfigError.
 *
 * @param shown what errors call the folder
 */
export function dockerfileOf(folder: string, shown: string): Uint8Array {
  const packages = systemPackages(folder, shown);
  const framework = textOf(contentOf(FRAMEWORK)).replace(
    PLACE_OF_SYSTEM_PACKAGES,
    packages.length === 0 ? '' : installing(packages),
  );
  const own = tryContentOf(join(folder, 'Dockerfile'));
  if (own === undefined) return Buffer.from(framework);
  const continued = textOf(own).replace(BASE_IMAGE, `$1${LAST_STAGE}`);
  if (continued === textOf(own)) {
    throw new ConfigError([
      `${shown}/Dockerfile does not build on the framework's image: begin it with FROM \${BASE_IMAGE}`,
    ]);
  }
  return Buffer.from(`${framework}\n${continued}`);
}

/** A package of Debian, with a version or without one. */
const PACKAGE = /^[a-z0-9][a-z0-9.+-]+(?:=[A-Za-z0-9.+:~-]+)?$/;

/** The packages that apt.txt names, one per line. */
function systemPackages(folder: string, shown: string): readonly string[] {
  const content = tryContentOf(join(folder, 'apt.txt'));
  if (content === undefined) return [];
  const problems = new ConfigProblems();
  const names = textOf(content)
    .split('\n')
    .flatMap((line, index) => {
      const name = line.replace(/#.*$/, '').trim();
      if (name !== '' && !PACKAGE.test(name)) {
        problems.add([
          `${shown}/apt.txt:${index + 1} is not the name of a Debian package, such as gdal-bin (given ${JSON.stringify(name)})`,
        ]);
      }
      return name === '' ? [] : [name];
    });
  if (problems.found) throw problems.error();
  return [...new Set(names)].sort();
}

function installing(packages: readonly string[]): string {
  return [
    'USER root',
    'RUN apt-get update \\',
    `  && apt-get install --yes --no-install-recommends ${packages.join(' ')} \\`,
    '  && rm -rf /var/lib/apt/lists/* /var/cache/apt /var/log/* /var/cache/ldconfig/aux-cache',
    '',
  ].join('\n');
}

function textOf(content: Uint8Array): string {
  return Buffer.from(content).toString();
}
