import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const ENVIRONMENT = join(import.meta.dirname, '..', '..', '.venv', 'reference');
// stactools 0.5.3 imports requests without declaring it.
const PACKAGES = [
  'stactools-sentinel1==0.8.1',
  'pystac==1.9.0',
  'stactools==0.5.3',
  'requests==2.34.2',
  'setuptools==80.10.2',
];

const PROGRAM = `
import json, statistics, sys, time
from stactools.sentinel1.grd.stac import create_item
from stactools.sentinel1.formats import Format
times = {}
for name, folder in json.loads(sys.argv[1]).items():
    for _ in range(20):
        create_item(granule_href=folder, archive_format=Format.COG)
    rounds = []
    for _ in range(11):
        started = time.perf_counter()
        for _ in range(10):
            create_item(granule_href=folder, archive_format=Format.COG)
        rounds.append((time.perf_counter() - started) / 10 * 1000)
    times[name] = statistics.median(rounds)
print(json.dumps(times))
`;

/** Returns the interpreter of the Python reference's environment. Installs it if necessary. */
export function installReference(): string {
  const python = join(ENVIRONMENT, 'bin', 'python');
  if (!existsSync(python)) {
    execFileSync('python3', ['-m', 'venv', ENVIRONMENT]);
    execFileSync(python, ['-m', 'pip', 'install', '--quiet', ...PACKAGES], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }
  return python;
}

/** Measures the median milliseconds of the Python reference for each granule folder, by name. */
export function referenceTimes(folders: Readonly<Record<string, string>>): Map<string, number> {
  const python = installReference();
  const output = execFileSync(python, ['-c', PROGRAM, JSON.stringify(folders)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return new Map(Object.entries(JSON.parse(output) as Record<string, number>));
}
