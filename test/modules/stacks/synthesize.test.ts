import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Bundle } from '../../../modules/bundling/bundle.js';
import type { PipelineBundles } from '../../../modules/bundling/pipeline-bundles.js';
import { synthesizeBootstrap, synthesizePipelines } from '../../../modules/stacks/synthesize.js';
import { configOf } from '../../support/stacks/config-folder.js';
import { readStack, resourceOf, statementsOf } from '../../support/stacks/stack-kit.js';

function bundleOf(name: string, letter: string): Bundle {
  return {
    name,
    zip: new TextEncoder().encode(`${name} ${letter}`),
    hash: letter.repeat(64),
    hashBase64: `${letter}=`,
  };
}

function bundlesOf(letter: string): ReadonlyMap<string, PipelineBundles> {
  const bundles = { app: bundleOf('app', letter), collection: bundleOf('collection', letter) };
  return new Map([['waves', bundles]]);
}

const PROJECT = { name: 'demo', state: { kind: 'local' }, pipelines: [configOf({})] } as const;

function newOutdir(): string {
  return mkdtempSync(join(tmpdir(), 'synthesize-'));
}

describe('synthesized pipelines', () => {
  test('have their zips in their folder, under the paths that the functions name', () => {
    const outdir = newOutdir();

    synthesizePipelines(PROJECT, { bundles: bundlesOf('a'), outdir });

    const folder = join(outdir, 'stacks', 'waves');
    const app = resourceOf(readStack(folder), 'aws_lambda_function.app');
    expect(app).toMatchObject({
      filename: '${path.module}/assets/app-aaaaaaaaaaaaaaaa.zip',
      source_code_hash: 'a=',
      handler: 'app.handler',
    });
    expect(readFileSync(join(folder, 'assets/app-aaaaaaaaaaaaaaaa.zip'), 'utf8')).toBe('app a');
  });

  test('delete the zips of an earlier run', () => {
    const outdir = newOutdir();
    synthesizePipelines(PROJECT, { bundles: bundlesOf('a'), outdir });
    synthesizePipelines(PROJECT, { bundles: bundlesOf('b'), outdir });

    expect(readdirSync(join(outdir, 'stacks/waves/assets')).sort()).toEqual([
      'app-bbbbbbbbbbbbbbbb.zip',
      'collection-bbbbbbbbbbbbbbbb.zip',
    ]);
  });

  test('are the same text in another folder, without a path of this machine', () => {
    const texts = ['one', 'two'].map((name) => {
      const outdir = join(newOutdir(), name);
      mkdirSync(outdir);
      synthesizePipelines(PROJECT, { bundles: bundlesOf('a'), outdir });
      return readFileSync(join(outdir, 'stacks/waves/cdk.tf.json'), 'utf8');
    });
    expect(texts[0]).toBe(texts[1]);
    expect(texts[0]).not.toMatch(new RegExp(`${tmpdir()}|${process.cwd()}`));
  });

  test('leave other files of the output folder alone', () => {
    const outdir = newOutdir();
    writeFileSync(join(outdir, 'note'), 'mine');
    synthesizePipelines(PROJECT, { bundles: bundlesOf('a'), outdir });
    expect(existsSync(join(outdir, 'note'))).toBe(true);
  });
});

describe('the bootstrap stack', () => {
  const outdir = newOutdir();
  synthesizeBootstrap(
    { name: 'demo', bucket: { bucket: 'demo-states', region: 'eu-west-1' }, images: [] },
    { outdir },
  );
  const stack = readStack(join(outdir, 'stacks', 'bootstrap'));

  test('has the tags of the environment, as the other stacks of the project, and none over its own', () => {
    const folder = newOutdir();
    const tags = { CostCenter: '42' };
    const images = [{ id: 'waves', region: 'us-east-1' }];
    const bucket = { bucket: 'demo-states', region: 'eu-west-1' };
    synthesizeBootstrap({ name: 'demo', bucket, tags, images }, { outdir: folder });

    for (const id of ['bootstrap', 'images', 'github_oidc']) {
      const { provider } = readStack(join(folder, 'stacks', id));
      for (const block of provider['aws'] ?? []) {
        expect(block['default_tags']).toEqual([
          { tags: { ...tags, Project: 'demo', Pipeline: id, ManagedBy: 'terraform' } },
        ]);
      }
    }
    expect(stack.provider['aws']?.[0]?.['default_tags']).toEqual([
      { tags: { Project: 'demo', Pipeline: 'bootstrap', ManagedBy: 'terraform' } },
    ]);
  });

  test('stores its own state in a file outside cdktf.out', () => {
    expect(stack.terraform['backend']).toEqual({
      local: { path: '../../../demo-bootstrap.tfstate' },
    });
  });

  test('makes a bucket that is versioned, encrypted, private, TLS only, and not destroyed while it has objects', () => {
    expect(resourceOf(stack, 'aws_s3_bucket.state')).toEqual({
      bucket: 'demo-states',
      force_destroy: false,
    });
    expect(resourceOf(stack, 'aws_s3_bucket_versioning.versioning')).toMatchObject({
      versioning_configuration: { status: 'Enabled' },
    });
    expect(
      resourceOf(stack, 'aws_s3_bucket_server_side_encryption_configuration.encryption')['rule'],
    ).toEqual([{ apply_server_side_encryption_by_default: { sse_algorithm: 'AES256' } }]);
    expect(resourceOf(stack, 'aws_s3_bucket_lifecycle_configuration.state_expiry')['rule']).toEqual(
      [
        {
          id: 'old-versions',
          status: 'Enabled',
          filter: [{}],
          noncurrent_version_expiration: [{ noncurrent_days: 90 }],
        },
        {
          id: 'unfinished-uploads',
          status: 'Enabled',
          filter: [{}],
          abort_incomplete_multipart_upload: [{ days_after_initiation: 1 }],
        },
      ],
    );
    expect(Object.keys(stack.resource).sort()).toEqual([
      'aws_s3_bucket',
      'aws_s3_bucket_lifecycle_configuration',
      'aws_s3_bucket_policy',
      'aws_s3_bucket_public_access_block',
      'aws_s3_bucket_server_side_encryption_configuration',
      'aws_s3_bucket_versioning',
    ]);
    expect(Object.keys(statementsOf(stack, 'state_policy-document'))).toEqual(['OnlyWithTls']);
  });
});
