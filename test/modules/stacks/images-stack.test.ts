import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { ImagePipeline } from '../../../modules/stacks/images-stack.js';
import { synthesizeBootstrap } from '../../../modules/stacks/synthesize.js';
import {
  addressesOf,
  readStack,
  resourceOf,
  type SynthesizedStack,
} from '../../support/stacks/stack-kit.js';

function imagesStack(images: readonly ImagePipeline[]): SynthesizedStack {
  const outdir = mkdtempSync(join(tmpdir(), 'images-'));
  synthesizeBootstrap(
    { name: 'demo', bucket: { bucket: 'demo-states', region: 'eu-west-1' }, images },
    { outdir },
  );
  return readStack(join(outdir, 'stacks', 'images'));
}

interface Rule {
  readonly rulePriority: number;
  readonly selection: Readonly<Record<string, unknown>>;
}

function rulesOf(stack: SynthesizedStack, region: string): readonly Rule[] {
  const { policy } = resourceOf(stack, `aws_ecr_lifecycle_policy.${region}_lifecycle`);
  return (JSON.parse(policy as string) as { readonly rules: readonly Rule[] }).rules;
}

describe('the stack of the image repositories', () => {
  const stack = imagesStack([
    { id: 'winds', region: 'eu-west-1' },
    { id: 'waves', region: 'eu-west-1' },
    { id: 'tides', region: 'us-east-1' },
  ]);

  test('has a repository with immutable tags in every region of a Python pipeline', () => {
    expect(addressesOf(stack).filter((address) => address.startsWith('aws_ecr_repo'))).toEqual([
      'aws_ecr_repository.eu-west-1',
      'aws_ecr_repository.us-east-1',
      'aws_ecr_repository_policy.eu-west-1_policy',
      'aws_ecr_repository_policy.us-east-1_policy',
    ]);
    expect(resourceOf(stack, 'aws_ecr_repository.us-east-1')).toEqual({
      name: 'demo-images',
      image_tag_mutability: 'IMMUTABLE',
      image_scanning_configuration: { scan_on_push: true },
      provider: 'aws.us-east-1',
    });
    expect(resourceOf(stack, 'aws_ecr_repository.eu-west-1')).not.toHaveProperty('provider');
  });

  test('expires the images of each pipeline by their number, apart from those of others', () => {
    expect(rulesOf(stack, 'eu-west-1')).toMatchObject([
      {
        rulePriority: 1,
        selection: {
          tagStatus: 'tagged',
          tagPrefixList: ['waves-'],
          countType: 'imageCountMoreThan',
          countNumber: 30,
        },
      },
      { rulePriority: 2, selection: { tagPrefixList: ['winds-'] } },
    ]);
  });

  test('lets the functions of the project alone fetch images', () => {
    expect(stack.data['aws_iam_policy_document']?.['us-east-1_policy-document']).toEqual({
      statement: [
        {
          sid: 'RunInFunctions',
          actions: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
          principals: [{ type: 'Service', identifiers: ['lambda.amazonaws.com'] }],
          condition: [
            {
              test: 'StringLike',
              variable: 'aws:sourceArn',
              values: [
                'arn:aws:lambda:us-east-1:${aws_ecr_repository.us-east-1.registry_id}:function:demo-*',
              ],
            },
          ],
        },
      ],
    });
  });

  test('keeps its state where no deployer of the project may write', () => {
    expect(stack.terraform['backend']).toMatchObject({ s3: { key: 'images/demo.tfstate' } });
  });

  test('has no more rules than ECR accepts', () => {
    const many = Array.from({ length: 51 }, (_, index) => ({
      id: `p${index}`,
      region: 'eu-west-1',
    }));
    expect(rulesOf(imagesStack(many), 'eu-west-1')).toHaveLength(50);
  });
});
