import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Bundle } from '../../../modules/bundling/bundle.js';
import { imageUri } from '../../../modules/config/images.js';
import { synthesizePipelines } from '../../../modules/stacks/synthesize.js';
import { configOf, INVENTORY, PYTHON } from '../../support/stacks/config-folder.js';
import { readStack, resourceOf } from '../../support/stacks/stack-kit.js';

const TAG = 'waves-0123456789abcdef';

function bundle(name: string): Bundle {
  return { name, zip: new Uint8Array([1]), hash: 'a'.repeat(64), hashBase64: 'a=' };
}

function pythonStack(fields: Readonly<Record<string, string>> = {}) {
  const outdir = mkdtempSync(join(tmpdir(), 'image-function-'));
  const config = configOf({ ...PYTHON, ...INVENTORY, ...fields });
  synthesizePipelines(
    { name: 'demo', state: { kind: 'local' }, pipelines: [config] },
    {
      outdir,
      bundles: new Map([
        [
          'waves',
          {
            app: bundle('app'),
            bootstrap: bundle('bootstrap'),
            collection: bundle('collection'),
            historic: bundle('historic'),
          },
        ],
      ]),
      images: new Map([['waves', TAG]]),
    },
  );
  const folder = join(outdir, 'stacks', 'waves');
  return { folder, stack: readStack(folder) };
}

describe('the stack of a pipeline in Python', () => {
  const { folder, stack } = pythonStack({
    architecture: 'x86_64',
    scratch_mb: '2048',
    region: 'us-west-2',
  });
  const app = resourceOf(stack, 'aws_lambda_function.app');

  test('runs the app as an image of the same account and region', () => {
    expect(app).toMatchObject({
      package_type: 'Image',
      image_uri: `123456789012.dkr.ecr.us-west-2.amazonaws.com/demo-images:${TAG}`,
      architectures: ['x86_64'],
      ephemeral_storage: { size: 2048 },
      tags: { CodeSha256: TAG },
    });
    for (const ofZip of ['filename', 'handler', 'runtime', 'source_code_hash'])
      expect(app).not.toHaveProperty(ofZip);
  });

  test('passes the settings of the Python worker', () => {
    expect(app['environment']).toMatchObject({
      variables: { PYTHON_FUNCTION: 'stactools.waves.stac:create_item', GRANULE_PATTERN: '\\.nc$' },
    });
  });

  test('runs all other functions from zips, and has no zip of the app', () => {
    for (const name of ['collection', 'historic']) {
      const fn = resourceOf(stack, `aws_lambda_function.${name}`);
      expect(fn).toMatchObject({ handler: `${name}.handler`, architectures: ['arm64'] });
      expect(fn).not.toHaveProperty('image_uri');
    }
    expect(readdirSync(join(folder, 'assets')).sort()).toEqual([
      'collection-aaaaaaaaaaaaaaaa.zip',
      'historic-aaaaaaaaaaaaaaaa.zip',
    ]);
  });

  test('compares the image that the function runs with the one that was deployed', () => {
    const deployed = stack.data['aws_lambda_function']?.['app'];
    expect(deployed?.['lifecycle']).toMatchObject({
      postcondition: [
        {
          condition: expect.stringMatching(
            /^\$\{self\.image_uri == aws_lambda_function\.app\.image_uri \|\| /,
          ),
        },
      ],
    });
  });
});

test.each([
  ['eu-central-1', 'amazonaws.com'],
  ['cn-north-1', 'amazonaws.com.cn'],
  ['us-gov-west-1', 'amazonaws.com'],
])('the address of an image in %s ends in the domain of its partition, %s', (region, domain) => {
  expect(imageUri({ project: 'demo', account: '123456789012', region, tag: TAG })).toBe(
    `123456789012.dkr.ecr.${region}.${domain}/demo-images:${TAG}`,
  );
});
