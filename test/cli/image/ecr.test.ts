import {
  DescribeImagesCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
  ImageNotFoundException,
  RepositoryNotFoundException,
} from '@aws-sdk/client-ecr';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { ecrRegistry, hasImage, repositoryOf } from '../../../cli/image/ecr.js';

const sent = mockClient(ECRClient);
const ecr = new ECRClient({ region: 'us-west-2' });
const TAG = 'waves-0123456789abcdef';
const REPOSITORY = repositoryOf(
  {
    region: 'us-west-2',
    secret_arn: 'arn:aws:secretsmanager:us-west-2:123456789012:secret:ingestor-AbCdEf',
  },
  { PROJECT: 'demo' },
);
const error = { message: 'not here', $metadata: {} };

beforeEach(() => {
  sent.reset();
});

describe('the image of a pipeline', () => {
  test('is looked for by its tag in the account of the pipeline', async () => {
    sent.on(DescribeImagesCommand).resolves({ imageDetails: [{}] });

    await expect(hasImage(REPOSITORY, TAG, ecr)).resolves.toBe(true);
    expect(sent.commandCalls(DescribeImagesCommand)[0]?.args[0].input).toEqual({
      registryId: '123456789012',
      repositoryName: 'demo-images',
      imageIds: [{ imageTag: 'waves-0123456789abcdef' }],
    });
  });

  test('may be missing', async () => {
    sent.on(DescribeImagesCommand).rejects(new ImageNotFoundException(error));

    await expect(hasImage(REPOSITORY, TAG, ecr)).resolves.toBe(false);
  });

  test('needs a repository, which the error says how to create', async () => {
    sent.on(DescribeImagesCommand).rejects(new RepositoryNotFoundException(error));

    await expect(hasImage(REPOSITORY, TAG, ecr)).rejects.toThrow(
      'ECR has no repository demo-images in us-west-2 for the images of Python pipelines: create it with "BOOTSTRAP=1 npm run deploy -- images"',
    );
  });

  test('is not taken for missing if ECR refuses the request', async () => {
    sent.on(DescribeImagesCommand).rejects(new Error('not authorized'));

    await expect(hasImage(REPOSITORY, TAG, ecr)).rejects.toThrow('not authorized');
  });
});

test.each([
  [
    'https://123456789012.dkr.ecr.us-west-2.amazonaws.com',
    '123456789012.dkr.ecr.us-west-2.amazonaws.com/demo-images',
  ],
  ['http://localhost:4566', 'http://localhost:4566/demo-images'],
])('the password of %s is for the repository %s', async (proxyEndpoint, url) => {
  const authorizationToken = Buffer.from('AWS:secret:with:colons').toString('base64');
  sent.on(GetAuthorizationTokenCommand).resolves({
    authorizationData: [{ authorizationToken, proxyEndpoint }],
  });

  await expect(ecrRegistry(REPOSITORY, ecr)).resolves.toEqual({
    url,
    username: 'AWS',
    password: 'secret:with:colons',
  });
});
