import { execFile } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { workerEnvironment } from '../../../lambdas/python/environment.js';
import { PythonWorker } from '../../../lambdas/python/worker.js';
import { answerObjects } from '../../support/object-routes.js';
import { pythonEnvironment, testWithPackages } from '../../support/python-environment.js';

/** A worker whose package reads by itself, with GDAL, from a server that stands in for S3 and for the web. */

const environment = await pythonEnvironment({ id: 'noaa_oisst', folder: 'pipelines/noaa_oisst' });
const python = 'python' in environment ? environment.python : '';

const CREATE_ITEM = `
import rasterio

def create_item(href):
    with rasterio.open(href) as raster:
        return {"type": "Feature", "id": "x", "properties": {"shape": list(raster.shape)}}
`;

const WRITE = `
import sys, numpy, rasterio
path, rows = sys.argv[1], int(sys.argv[2])
with rasterio.open(path, "w", driver="GTiff", height=rows, width=5, count=1, dtype="uint8") as raster:
    raster.write(numpy.zeros((1, rows, 5), dtype="uint8"))
`;

// Needs pipelines/noaa_oisst.

const bucket = mkdtempSync(join(tmpdir(), 'gdal-bucket-'));
const code = join(mkdtempSync(join(tmpdir(), 'gdal-')), 'create_item.py');
let server: Server;
const workers: PythonWorker[] = [];

beforeAll(async () => {
  writeFileSync(code, CREATE_ITEM);
  server = createServer((request, response) => {
    void answerObjects(request, response, { bucket });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterAll(() => {
  for (const worker of workers) worker.stop();
  server.closeAllConnections();
  server.close();
});

function port(): number {
  return (server.address() as AddressInfo).port;
}

/** Puts a raster with so many rows. */
async function put(name: string, rows: number): Promise<void> {
  await promisify(execFile)(python, ['-W', 'ignore', '-c', WRITE, join(bucket, name), `${rows}`]);
}

function workerWith(changed: Readonly<Record<string, string>> = {}): PythonWorker {
  const aws = {
    AWS_S3_ENDPOINT: `127.0.0.1:${port()}`,
    AWS_HTTPS: 'NO',
    AWS_VIRTUAL_HOSTING: 'FALSE',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
  const own = workerEnvironment(
    { ...process.env, ...aws },
    { granuleInput: 'href', requesterPays: false, temporary: tmpdir() },
  );
  const worker = new PythonWorker(
    {
      executable: python,
      script: 'lambdas/python/worker.py',
      function: code,
      permanentErrors: [],
      environment: { ...own, ...changed },
      granuleSeconds: 30,
    },
    () => undefined,
  );
  workers.push(worker);
  return worker;
}

/** The number of rows, or the name of the error. */
async function rowsOf(worker: PythonWorker, href: string): Promise<unknown> {
  try {
    const [item] = await worker.make({ href }, { subject: href });
    return (item as { properties: { shape: number[] } }).properties.shape[0];
  } catch (error) {
    return (error as Error).name;
  }
}

/** What one process sees of an object that is missing, then there, then replaced. */
async function seen(worker: PythonWorker, name: string, href: string): Promise<readonly unknown[]> {
  const answers = [await rowsOf(worker, href)];
  for (const rows of [7, 9]) {
    await put(name, rows);
    answers.push(await rowsOf(worker, href));
  }
  return answers;
}

describe('GDAL in a process that lives as long as the container', () => {
  testWithPackages(
    environment,
    'finds an object of S3 that was missing, and reads a replaced one again',
    async () => {
      const answers = await seen(workerWith(), 's3.tif', 's3://bucket/s3.tif');

      expect(answers).toEqual(['RasterioIOError', 7, 9]);
    },
  );

  testWithPackages(environment, 'does so by http', async () => {
    const href = `http://127.0.0.1:${port()}/bucket/web.tif`;

    expect(await seen(workerWith(), 'web.tif', href)).toEqual(['RasterioIOError', 7, 9]);
  });

  testWithPackages(
    environment,
    'would keep the size of a replaced object with its own settings',
    async () => {
      const worker = workerWith({ CPL_VSIL_CURL_NON_CACHED: '' });

      const answers = await seen(worker, 'kept.tif', 's3://bucket/kept.tif');

      expect(answers).toEqual(['RasterioIOError', 7, 7]);
    },
  );
});
