import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { postgresAddress, postgresEnvironment } from './database.js';
import type { Installed } from './install.js';
import { ACCOUNT, REGION, ROOT } from './places.js';
import { freePorts, startProcess, type OwnProcess, type ProcessOptions } from './processes.js';
import { functionsFolder, imagesFolder } from './run-record.js';

/** Ports of the services, which listen on the loopback interface only. */
export interface Ports {
  readonly emulator: number;
  readonly catalog: number;
  readonly ingestor: number;
  /** Proxy in front of the ingestor; INGESTOR_URL points to it. */
  readonly front: number;
  /** The proxy in front of PostgreSQL. */
  readonly postgres: number;
  /** Control interface of both proxies. */
  readonly control: number;
}

export interface ServiceContext {
  /** Folder of the run. */
  readonly folder: string;
  readonly ports: Ports;
  readonly installed: Installed;
  readonly database: string;
}

export async function choosePorts(): Promise<Ports> {
  const [emulator = 0, catalog = 0, ingestor = 0, front = 0, postgres = 0, control = 0] =
    await freePorts(6);
  return { emulator, catalog, ingestor, front, postgres, control };
}

export const loopback = (port: number): string => `http://127.0.0.1:${port}`;

/** Starts the AWS emulator with IAM enforced. Functions inherit its environment, so that is kept minimal. */
export function startEmulator(context: ServiceContext): Promise<OwnProcess> {
  const { folder, ports, installed } = context;
  const temporary = functionsFolder(folder);
  mkdirSync(temporary, { recursive: true });
  return start(context, {
    name: 'emulator',
    program: installed.ingestorPython,
    words: [join(ROOT, 'test', 'e2e', 'emulator', 'launch.py')],
    cwd: folder,
    readyUrl: `${loopback(ports.emulator)}/_ministack/health`,
    env: {
      // Python finds the patches in the folder of the launcher.
      PYTHONDONTWRITEBYTECODE: '1',
      BIND_HOST: '127.0.0.1',
      MINISTACK_HOST: '127.0.0.1',
      GATEWAY_PORT: String(ports.emulator),
      IOT_MTLS_ENABLED: '0',
      SFTP_ENABLED: '0',
      MINISTACK_REGION: REGION,
      MINISTACK_ACCOUNT_ID: ACCOUNT,
      LAMBDA_EXECUTOR: 'local',
      AUTH: 'true',
      TMPDIR: temporary,
      S3_DATA_DIR: join(folder, 's3'),
      STATE_DIR: join(folder, 'state'),
      E2E_IMAGES: imagesFolder(folder),
    },
  });
}

/** Starts the API of the catalogue, which reads the database directly. */
export function startCatalog(context: ServiceContext): Promise<OwnProcess> {
  const { folder, ports, installed, database } = context;
  const app = ['--factory', 'stac_fastapi.pgstac.app:create_app'];
  return start(context, {
    name: 'catalog',
    program: installed.catalogPython,
    words: ['-m', 'uvicorn', ...app, '--host', '127.0.0.1', '--port', String(ports.catalog)],
    cwd: folder,
    readyUrl: `${loopback(ports.catalog)}/_mgmt/ping`,
    env: postgresEnvironment(postgresAddress(), database),
  });
}

export function startIngestor(
  context: ServiceContext,
  variables: Readonly<Record<string, string>>,
): Promise<OwnProcess> {
  const { ports, installed } = context;
  return start(context, {
    name: 'ingestor',
    program: installed.ingestorPython,
    words: ['-m', 'uvicorn', 'src.main:app', '--host', '127.0.0.1', '--port', `${ports.ingestor}`],
    cwd: installed.runtime,
    readyUrl: `${loopback(ports.ingestor)}/root_path`,
    env: {
      ...variables,
      PYTHONDONTWRITEBYTECODE: '1',
      AWS_ENDPOINT_URL: loopback(ports.emulator),
      AWS_DEFAULT_REGION: REGION,
      AWS_ACCESS_KEY_ID: ACCOUNT,
      AWS_SECRET_ACCESS_KEY: 'none',
    },
  });
}

/** Starts the proxies in front of the ingestor and of PostgreSQL. */
export function startGate(context: ServiceContext): Promise<OwnProcess> {
  const { control, front, ingestor, postgres } = context.ports;
  const { host, port, user, password } = postgresAddress();
  return start(context, {
    name: 'gate',
    program: process.execPath,
    words: [
      ...['--import', 'tsx', '--no-warnings', 'test/e2e/system/gate-main.ts'],
      ...[control, front, ingestor, postgres].map(String),
    ],
    cwd: ROOT,
    readyUrl: loopback(control),
    env: { PGHOST: host, PGPORT: String(port), PGUSER: user, PGPASSWORD: password },
  });
}

function start(
  { folder }: ServiceContext,
  options: Omit<ProcessOptions, 'log'>,
): Promise<OwnProcess> {
  return startProcess({ ...options, log: join(folder, 'logs', `${options.name}.log`) });
}
