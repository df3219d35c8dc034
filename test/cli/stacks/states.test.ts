import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { GetObjectCommand, ListObjectsV2Command, NoSuchKey, S3Client } from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { sdkStreamMixin } from '@smithy/core/serde';
import { mockClient } from 'aws-sdk-client-mock';
import { resourcesIn, stateOf, statesOf } from '../../../cli/stacks/states.js';
import { DATA, logGroup, stateText } from '../../support/cli/state-fixture.js';
import { rejection } from '../../support/rejection.js';

const BUCKET = { kind: 's3', bucket: 'states', region: 'eu-central-1' } as const;

test('a state counts the instances of managed resources', () => {
  const data = { ...logGroup('/a', 'us-west-2'), mode: 'data' as const };

  expect(resourcesIn(stateOf(stateText(DATA, logGroup('/b', 'us-west-2'), data), ''))).toBe(2);
  expect(resourcesIn(stateOf(stateText(), ''))).toBe(0);
});

test.each(['', '{}', 'no JSON'])('%j is not a state', (text) => {
  expect(() => stateOf(text, 'demo-waves.tfstate')).toThrow(
    'demo-waves.tfstate does not contain a Terraform state that can be read',
  );
});

describe('states in local files', () => {
  const root = mkdtempSync(join(tmpdir(), 'states-'));
  const states = statesOf({ name: 'demo', state: { kind: 'local' } }, root);
  for (const name of ['demo-waves', 'demo-old_tides', 'demo-prod-waves', 'demo-bootstrap', 'other'])
    writeFileSync(join(root, `${name}.tfstate`), stateText(DATA));
  writeFileSync(join(root, 'demo-waves.tfstate.backup'), stateText(DATA));
  mkdirSync(join(root, 'demo-folder'));

  test('are those of the pipelines of this project', async () => {
    expect(states.place).toBe('demo-*.tfstate');
    expect(await states.list()).toEqual(['old_tides', 'waves']);
  });

  test('are read, or undefined', async () => {
    expect(await states.read('waves')).toMatchObject({ resources: [{ name: 'old' }] });
    expect(await states.read('tides')).toBeUndefined();
  });
});

describe('states in the bucket', () => {
  const s3 = mockClient(S3Client);
  const states = statesOf({ name: 'demo', state: BUCKET }, '/nowhere');
  const refused = Object.assign(new Error('not allowed'), { name: 'AccessDenied' });
  beforeEach(() => {
    s3.reset();
  });

  test('are listed over all pages, without locks and the state of the bucket', async () => {
    const page = (names: readonly string[]) => ({
      Contents: names.map((name) => ({ Key: `demo/${name}` })),
    });
    s3.on(ListObjectsV2Command, { Bucket: 'states', Prefix: 'demo/' })
      .resolves({ ...page(['waves.tfstate', 'waves.tfstate.tflock']), NextContinuationToken: 'b' })
      .on(ListObjectsV2Command, { ContinuationToken: 'b' })
      .resolves(page(['bootstrap.tfstate', 'tides.tfstate', 'old/tides.tfstate']));

    expect(states.place).toBe('s3://states/demo/');
    expect(await states.list()).toEqual(['tides', 'waves']);
  });

  test('are read, or undefined', async () => {
    const Body = sdkStreamMixin(Readable.from([Buffer.from(stateText(DATA))]));
    s3.on(GetObjectCommand)
      .rejects(new NoSuchKey({ message: '', $metadata: {} }))
      .on(GetObjectCommand, { Bucket: 'states', Key: 'demo/waves.tfstate' })
      .resolves({ Body });

    expect(await states.read('waves')).toMatchObject({ resources: [{ name: 'old' }] });
    expect(await states.read('tides')).toBeUndefined();
  });

  test('that S3 refuses are errors with its reason', async () => {
    s3.on(ListObjectsV2Command).rejects(refused).on(GetObjectCommand).rejects(refused);

    expect((await rejection(states.list())).message).toBe(
      'cannot list the states in s3://states/demo/: not allowed',
    );
    expect((await rejection(states.read('waves'))).message).toBe(
      'cannot read the state s3://states/demo/waves.tfstate: not allowed',
    );
  });
});
