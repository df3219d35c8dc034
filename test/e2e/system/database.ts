import { run, tryRun } from './shell.js';
import { EXTENSIONS, postgisPackage } from './versions.js';

export interface PostgresAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

/** As libpq's own variables say; its programs are told the same. */
export function postgresAddress(env: NodeJS.ProcessEnv = process.env): PostgresAddress {
  return {
    host: env['PGHOST'] ?? '127.0.0.1',
    port: Number(env['PGPORT'] ?? 5432),
    user: env['PGUSER'] ?? 'postgres',
    password: env['PGPASSWORD'] ?? 'none',
  };
}

/** All five are needed, by pypgstac and by the read API alike. */
export function postgresEnvironment(
  { host, port, user, password }: PostgresAddress,
  database: string,
): Readonly<Record<string, string>> {
  return {
    PGHOST: host,
    PGPORT: String(port),
    PGUSER: user,
    PGPASSWORD: password,
    PGDATABASE: database,
  };
}

/** One value of one row, without blanks around it. Throws with the server's own words. */
export async function sql(text: string, database = 'postgres'): Promise<string> {
  const env = { ...process.env, ...postgresEnvironment(postgresAddress(), database) };
  // On stdin: a list of thousands of ids is too long for an argument.
  const words = ['-XAtq', '-v', 'ON_ERROR_STOP=1'];
  return (await run('psql', words, { env, input: text })).trim();
}

/** One sentence, or undefined where a server answers. */
export async function whyNoPostgres(): Promise<string | undefined> {
  if ((await tryRun('psql', ['--version'])) === undefined) return 'psql is not on the PATH';
  const { host, port, user } = postgresAddress();
  return sql('select 1').then(
    () => undefined,
    () =>
      `no PostgreSQL answers as ${user} on ${host}:${port} (PGHOST, PGPORT, PGUSER, PGPASSWORD say where)`,
  );
}

/** Installs PostGIS from Debian where the server lacks it. Throws with what to do where that cannot be done. */
export async function ensurePostgis(): Promise<void> {
  const query = "select count(*) from pg_available_extensions where name = 'postgis'";
  if ((await sql(query)) === '1') return;
  const major = (await sql('show server_version')).split('.')[0] ?? '';
  const name = postgisPackage(major);
  process.stderr.write(`installing ${name}\n`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await tryRun('apt-get', ['update', '-q'], { env });
  await tryRun('apt-get', ['install', '-y', '-q', '--no-install-recommends', name], { env });
  if ((await sql(query)) === '1') return;
  throw new Error(`PostgreSQL lacks PostGIS: install ${name} on the server, as root`);
}

/** `python`: of the environment that holds pypgstac. */
export async function createCatalogDatabase(name: string, python: string): Promise<void> {
  await sql(`create database ${name}`);
  for (const extension of EXTENSIONS) await sql(`create extension ${extension}`, name);
  const env = { PATH: process.env['PATH'], ...postgresEnvironment(postgresAddress(), name) };
  await run(python, ['-m', 'pypgstac.pypgstac', 'migrate'], { env });
}

export async function dropDatabase(name: string): Promise<void> {
  await sql(`drop database if exists ${name} with (force)`);
}
