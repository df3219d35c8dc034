import { run, tryRun } from './shell.js';
import { EXTENSIONS, postgisPackage } from './versions.js';

export interface PostgresAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

/** Reads the variables of libpq; its programs get the same ones. */
export function postgresAddress(env: NodeJS.ProcessEnv = process.env): PostgresAddress {
  return {
    host: env['PGHOST'] ?? '127.0.0.1',
    port: Number(env['PGPORT'] ?? 5432),
    user: env['PGUSER'] ?? 'postgres',
    password: env['PGPASSWORD'] ?? 'none',
  };
}

/** pypgstac and the read API both need all five variables. */
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

/** Returns one value of one row, trimmed. Throws with the server's message. */
export async function sql(text: string, database = 'postgres'): Promise<string> {
  const env = { ...process.env, ...postgresEnvironment(postgresAddress(), database) };
  // On stdin: a list of thousands of ids is too long for an argument.
  const words = ['-XAtq', '-v', 'ON_ERROR_STOP=1'];
  return (await run('psql', words, { env, input: text })).trim();
}

/** Returns undefined if a server responds, else a sentence that says what is missing. */
export async function whyNoPostgres(): Promise<string | undefined> {
  if ((await tryRun('psql', ['--version'])) === undefined) return 'psql is not on the PATH';
  const { host, port, user } = postgresAddress();
  return sql('select 1').then(
    () => undefined,
    () =>
      `no PostgreSQL answers as ${user} on ${host}:${port} (PGHOST, PGPORT, PGUSER, PGPASSWORD say where)`,
  );
}

/** Installs Debian's PostGIS if the server does not have it. Throws with instructions if that fails. */
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

/** Creates the schema of pgSTAC; `python` is the interpreter of the environment with pypgstac. */
export async function createCatalogDatabase(name: string, python: string): Promise<void> {
  await sql(`create database ${name}`);
  for (const extension of EXTENSIONS) await sql(`create extension ${extension}`, name);
  const env = { PATH: process.env['PATH'], ...postgresEnvironment(postgresAddress(), name) };
  await run(python, ['-m', 'pypgstac.pypgstac', 'migrate'], { env });
}

export async function dropDatabase(name: string): Promise<void> {
  await sql(`drop database if exists ${name} with (force)`);
}
