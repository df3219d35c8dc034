import { type ChildProcess, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { tokenIssuer } from '../../../local/token/issuer.js';
import { startTokenEndpoint, type TokenEndpoint } from '../../../local/token/endpoint.js';
import { type FakeIngestor, startFakeIngestor } from '../../kit/fake-ingestor.js';
import { runCli } from '../../support/cli/run-cli.js';
import { jsonLines } from '../../support/json-lines.js';

// Needs pipelines/sentinel1 and pipelines/cop_dem_30.

const BUCKET = resolve('pipelines/sentinel1/sample/bucket');
const DAY = join(BUCKET, 'GRD/2023/3/14/IW/DV');
const NAME = 'S1A_IW_GRDH_1SDV_20230314T052711_20230314T052736_047632_05B8A1_3C7E';
const TIMEOUT_MS = 120_000;
let folder: string;
let out: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'local-cli-'));
  out = join(folder, 'out');
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const local = (args: readonly string[], onStart?: (child: ChildProcess) => void) =>
  runCli(
    'local',
    ['sentinel1', '--out', out, '--concurrency', '1', ...args],
    onStart ? { onStart } : {},
  );

function linesOf(name: string): Record<string, unknown>[] {
  return jsonLines(readFileSync(join(out, name), 'utf8')) as Record<string, unknown>[];
}

function manifestHrefs(): string[] {
  return linesOf('items.ndjson').map(({ assets }) => {
    const manifest = (assets as Record<string, { href: string }>)['safe-manifest'];
    return manifest?.href ?? '';
  });
}

/** Different messages for the same granule, so that each is done by itself. */
function writeMessages(count: number): string {
  const path = join(folder, 'messages.ndjson');
  const line = (index: number) => JSON.stringify({ path: `GRD/2023/3/14/IW/DV/${NAME}`, index });
  writeFileSync(path, Array.from({ length: count }, (_, index) => `${line(index)}\n`).join(''));
  return path;
}

/** Copies of one granule that are different products. */
function writeGranules(count: number): string {
  const copies = join(folder, 'copies');
  for (let index = 0; index < count; index++) {
    const id = String(index).padStart(6, '0');
    cpSync(join(DAY, NAME), join(copies, NAME.replace('_05B8A1_', `_${id}_`)), { recursive: true });
  }
  return copies;
}

describe('without input', () => {
  test(
    'the sample is run both ways, as messages and through an inventory',
    async () => {
      const { code, stdout, stderr } = await local([]);

      expect(stderr).toBe('');
      expect(code).toBe(0);
      expect(stdout).toMatch(
        /^made 6, posted 6\nitems.ndjson holds 3: the last of each id\nfailed 0\n/,
      );
      expect(manifestHrefs()).toContain(
        `s3://sentinel-s1-l1c/GRD/2023/3/14/IW/DV/${NAME}/manifest.safe`,
      );
      expect(readFileSync(join(out, 'index.html'), 'utf8')).toContain('3 Items.');
      expect(existsSync(join(out, 'collection.json'))).toBe(true);
    },
    TIMEOUT_MS,
  );

  test(
    'a sample that holds the listing of config.yaml is back-filled from that',
    async () => {
      const { code, stdout } = await runCli('local', ['cop_dem_30', '--out', out]);

      expect(code).toBe(0);
      // Two messages, and six lines of the listing, two of which name the same tiles.
      expect(stdout).toMatch(/^made 8, posted 8\nitems.ndjson holds 6: the last of each id\n/);
    },
    TIMEOUT_MS,
  );
});

describe('--granules', () => {
  test.each([
    ['a bucket-like folder', BUCKET, join(DAY, NAME), 3],
    ['a folder of granules', DAY, join(DAY, NAME), 1],
    ['one granule', join(DAY, NAME), join(DAY, NAME), 1],
  ])(
    'of %s gives hrefs on disk',
    async (...[, granules, href, count]) => {
      const { code } = await local(['--granules', granules, '--dry-run']);

      expect(code).toBe(0);
      expect(manifestHrefs()).toHaveLength(count);
      expect(manifestHrefs()).toContain(`${href}/manifest.safe`);
    },
    TIMEOUT_MS,
  );

  test(
    'with --href-prefix gives hrefs below that',
    async () => {
      await local(['--granules', BUCKET, '--href-prefix', 's3://mine/x/', '--limit', '1']);

      expect(manifestHrefs()).toEqual([
        expect.stringMatching(/^s3:\/\/mine\/x\/GRD\/2019\/9\/7\/SM\/SV\/S1B_.*\/manifest.safe$/),
      ]);
    },
    TIMEOUT_MS,
  );

  test(
    'goes on past a granule that is cut in half, names it, and exits with 1',
    async () => {
      cpSync(BUCKET, join(folder, 'bucket'), { recursive: true });
      const manifest = join(folder, 'bucket/GRD/2023/3/14/IW/DV', NAME, 'manifest.safe');
      writeFileSync(manifest, readFileSync(manifest, 'utf8').slice(0, 2000));

      const { code, stdout } = await local(['--granules', join(folder, 'bucket')]);

      expect(code).toBe(1);
      expect(stdout).toMatch(
        /^made 2, posted 2\nfailed 1: see dead-letters.ndjson\n {2}1 GranuleError, for example: /,
      );
      expect(linesOf('dead-letters.ndjson')[0]?.['reason']).toContain(manifest);
    },
    TIMEOUT_MS,
  );
});

test(
  '--ingestor posts to a real one, with a token from the environment',
  async () => {
    const ingestor = await startFakeIngestor({ checkToken: (token) => token === 'from-env' });
    const args = ['sentinel1', '--out', out, '--granules', BUCKET, '--ingestor', ingestor.url];

    const { code } = await runCli('local', args, { env: { INGESTOR_TOKEN: 'from-env' } });

    expect(code).toBe(0);
    expect(ingestor.items()).toHaveLength(3);
    expect(ingestor.collections()).toHaveLength(1);
    await ingestor.close();
  },
  TIMEOUT_MS,
);

describe('with --ingestor and the client credentials in INGESTOR_SECRET', () => {
  let ingestor: FakeIngestor;
  let tokens: TokenEndpoint;

  beforeEach(async () => {
    const issuer = tokenIssuer('key');
    tokens = await startTokenEndpoint({ issuer, scopes: ['stac:register'] });
    ingestor = await startFakeIngestor({ checkToken: (token) => issuer.check(token) });
  });

  afterEach(async () => {
    await Promise.all([ingestor.close(), tokens.close()]);
  });

  const post = (secret: string) =>
    runCli('local', ['sentinel1', '--out', out, '--granules', BUCKET, '--ingestor', ingestor.url], {
      env: { INGESTOR_SECRET: secret },
    });

  test(
    'a token is had for all of the run, and one for the Collection',
    async () => {
      const { code } = await post(JSON.stringify(tokens.secret));

      expect(code).toBe(0);
      expect(ingestor.items()).toHaveLength(3);
      expect(ingestor.collections()).toHaveLength(1);
      expect(tokens.requestCount()).toBe(2);
    },
    TIMEOUT_MS,
  );

  test.each<[string, object, RegExp]>([
    [
      'a wrong secret',
      { client_secret: 'hunter2' },
      /returned no token: HTTP status 400 \(invalid_client\): check cognito_domain, client_id, client_secret and scope/,
    ],
    [
      'a wrong scope',
      { scope: 'stac/read' },
      /HTTP status 400 \(invalid_scope\): the app client does not allow the scopes that were sent, 'stac\/read': correct scope in the secret/,
    ],
    [
      'an endpoint that is not there',
      { cognito_domain: 'http://127.0.0.1:1' },
      /^http:\/\/127.0.0.1:1\/oauth2\/token cannot be reached: connect ECONNREFUSED/,
    ],
    ['no scope', { scope: undefined }, /^the secret in INGESTOR_SECRET lacks scope: it must be a/],
  ])(
    'the run ends before it begins where they have %s',
    async (_, change, message) => {
      const { code, stderr } = await post(JSON.stringify({ ...tokens.secret, ...change }));

      expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(message) });
      expect(stderr).not.toContain('hunter2');
      expect(ingestor.items()).toEqual([]);
      expect(ingestor.collections()).toEqual([]);
    },
    TIMEOUT_MS,
  );

  test(
    'a secret that is not JSON is rejected without printing it',
    async () => {
      const { code, stderr } = await post('{"client_secret": "hunter2"');

      expect(code).toBe(1);
      expect(stderr).toMatch(/^the secret in INGESTOR_SECRET is not a JSON object: it must be a/);
      expect(stderr).not.toContain('hunter2');
    },
    TIMEOUT_MS,
  );
});

describe('a run that is stopped', () => {
  /** Stops the process once some Items are on disk. */
  const stopping = (signal: NodeJS.Signals) => (child: ChildProcess) => {
    void (async () => {
      const items = join(out, 'items.ndjson');
      while (child.exitCode === null && !(existsSync(items) && statSync(items).size > 0))
        await sleep(20);
      child.kill(signal);
    })();
  };

  test(
    'by Ctrl-C leaves whole files, exits with 130, and goes on where it was',
    async () => {
      const args = ['--messages', writeMessages(6000), '--granules', BUCKET];

      const first = await local(args, stopping('SIGINT'));

      expect(first.code).toBe(130);
      expect(first.stdout).toMatch(/^interrupted: /);
      const made = Number(/made (\d+)/.exec(first.stdout)?.[1]);
      expect(linesOf('items.ndjson').length).toBeGreaterThan(0);

      const second = await local([...args, '--limit', String(made + 50)]);
      expect(second.stdout).toMatch(/^made 50, /);
      expect(second.stdout).toContain(`done before ${made}: `);
      expect(second.code).toBe(0);
    },
    TIMEOUT_MS,
  );

  test(
    'by SIGKILL loses nothing, and a torn line is repaired',
    async () => {
      const args = ['--messages', writeMessages(400), '--granules', BUCKET];

      const first = await local(args, stopping('SIGKILL'));
      expect(first.code).toBeNull();
      writeFileSync(join(out, 'items.ndjson'), '{"id":"torn', { flag: 'a' });
      const second = await local(args);

      expect(second.code).toBe(0);
      const [made, before] = [/made (\d+)/, /done before (\d+)/].map((part) =>
        Number(part.exec(second.stdout)?.[1] ?? 0),
      );
      expect((made ?? 0) + (before ?? 0)).toBe(400);
      expect(linesOf('items.ndjson')).toHaveLength(1);
    },
    TIMEOUT_MS,
  );
});

describe('bad input', () => {
  test.each([
    ['no pipeline', [], 2, /^local: missing argument <pipeline> \(known: .*sentinel1/],
    [
      'an unknown pipeline',
      ['sentinel9'],
      2,
      /^local: unknown pipeline "sentinel9" \(known: .*sentinel1/,
    ],
    ['an unknown option', ['sentinel1', '--granuls', 'x'], 2, /unknown option '--granuls'/],
    [
      'a limit that is not a number',
      ['sentinel1', '--limit', 'few'],
      2,
      /--limit must be a whole number of at least 1 \(given "few"\)/,
    ],
    [
      'an ingestor that is not a URL',
      ['sentinel1', '--ingestor', 'x'],
      2,
      /--ingestor must be an http\(s\) URL \(given 'x'\)/,
    ],
    [
      'a dry run with an ingestor',
      ['sentinel1', '--dry-run', '--ingestor', 'https://x.example'],
      2,
      /omit --ingestor/,
    ],
    [
      'a missing folder',
      ['sentinel1', '--granules', 'nowhere'],
      1,
      /--granules 'nowhere' is not a readable folder: it does not exist/,
    ],
    [
      'a folder without granules',
      ['sentinel1', '--granules', 'docs'],
      1,
      /--granules 'docs' contains no granule/,
    ],
    [
      'missing messages',
      ['sentinel1', '--messages', 'nowhere'],
      1,
      /--messages 'nowhere' cannot be read: the file does not exist/,
    ],
    ['a missing inventory', ['sentinel1', '--inventory', 'nowhere'], 1, /nowhere' does not exist/],
  ])(
    '%s is one sentence',
    async (...[, args, code, sentence]) => {
      const result = await runCli('local', [...args, ...(args.length > 0 ? ['--out', out] : [])]);

      expect(result.stderr).toMatch(sentence);
      expect(result.stderr.trim()).not.toContain('\n');
      expect(result).toMatchObject({ code, stdout: '' });
      expect(existsSync(out)).toBe(false);
    },
    TIMEOUT_MS,
  );
});

describe('an output folder', () => {
  test(
    'that cannot be created is reported in one sentence',
    async () => {
      writeFileSync(out, '');

      const { code, stderr } = await local(['--granules', BUCKET]);

      expect(code).toBe(1);
      expect(stderr).toMatch(
        /^cannot write .*\/out\/\.run: (a file with this name already exists|part of the path is a file)/,
      );
    },
    TIMEOUT_MS,
  );

  test(
    'that is full ends the run with a sentence, and with whole lines',
    () => {
      // No file may become larger than 4 MiB: the bundles are smaller, the Items are not.
      const command = `ulimit -f 4096; exec "$0" --no-warnings --import tsx cli/local.ts sentinel1 "$@"`;
      const args = ['--granules', writeGranules(800), '--out', out];

      const full = spawnSync('bash', ['-c', command, process.execPath, ...args], {
        encoding: 'utf8',
      });

      expect(full.stderr).toMatch(
        /cannot write .*items\.ndjson: the file would exceed the maximum file size/,
      );
      expect(full.status).toBe(1);
      expect(readFileSync(join(out, 'items.ndjson'), 'utf8').endsWith('\n')).toBe(true);
      expect(linesOf('items.ndjson').length).toBeGreaterThan(100);
    },
    TIMEOUT_MS,
  );
});
