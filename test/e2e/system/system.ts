import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCatalogDatabase, postgresAddress } from './database.js';
import { install } from './install.js';
import { createLoader, createPlatform, ingestorVariables, type Platform } from './platform.js';
import { readRun, saveRun } from './run-record.js';
import {
  choosePorts,
  loopback,
  startCatalog,
  startEmulator,
  startGate,
  startIngestor,
  type Ports,
  type ServiceContext,
} from './services.js';
import type { OwnProcess } from './processes.js';
import { TOPIC_ARN } from '../deployment/stacks.js';

/** Addresses and names of a running system. */
export interface System {
  readonly folder: string;
  readonly database: string;
  readonly ports: Ports;
  /** URL of the AWS emulator. */
  readonly endpoint: string;
  /** URL that the stacks post to: the proxy in front of the ingestor. */
  readonly ingestorUrl: string;
  readonly stacUrl: string;
  readonly platform: Platform;
}

/** Starts everything except the stacks. The record of the run lists what was started, even if this throws. */
export async function startSystem(folder: string): Promise<System> {
  let record = readRun(folder);
  const started = (one: OwnProcess): void => {
    record = { ...record, processes: [...record.processes, one] };
    saveRun(record);
  };
  const { database } = record;
  const installed = await install();
  const context: ServiceContext = { folder, database, installed, ports: await choosePorts() };
  started(await startGate(context));
  started(await startEmulator(context));
  await createCatalogDatabase(database, installed.ingestorPython);
  started(await startCatalog(context));
  const system = await createParts(context);
  const { endpoint, platform, stacUrl } = system;
  const variables = ingestorVariables({ endpoint }, platform, stacUrl);
  started(await startIngestor(context, variables));
  await createLoader(endpoint, { runtime: installed.runtime, variables });
  writeFileSync(join(folder, 'system.json'), JSON.stringify(system, undefined, 2));
  return system;
}

async function createParts({ folder, database, ports }: ServiceContext): Promise<System> {
  const endpoint = loopback(ports.emulator);
  const postgres = { ...postgresAddress(), host: '127.0.0.1', port: ports.postgres };
  const platform = await createPlatform({ endpoint, postgres, database, topicArn: TOPIC_ARN });
  return {
    folder,
    database,
    ports,
    endpoint,
    platform,
    ingestorUrl: loopback(ports.front),
    stacUrl: loopback(ports.catalog),
  };
}

/** Reads the system that startSystem wrote to the folder of the run. */
export function readSystem(folder: string): System {
  return JSON.parse(readFileSync(join(folder, 'system.json'), 'utf8')) as System;
}
