import {
  DescribeImagesCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
  ImageNotFoundException,
  RepositoryNotFoundException,
} from '@aws-sdk/client-ecr';
import { AWS_REQUESTS } from '../../lambdas/runtime/aws-requests.js';
import type { PipelineConfig } from '../../modules/config/config.js';
import { imageRepository } from '../../modules/config/images.js';
import { parseProject } from '../../modules/config/names.js';
import { parseArn } from '../../modules/config/values/arn.js';
import { CommandError } from '../shared/command.js';
import { errorText } from '../shared/deployed-pipeline.js';

/** The repository of a project's images, in the account and the region of a pipeline. */
export interface ImageRepository {
  readonly name: string;
  /** 12 digits. */
  readonly account: string;
  readonly region: string;
}

/** A repository of a registry, and how to authenticate. */
export interface Registry {
  /** `host/path`; `http://` before it for a registry without TLS. */
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

type Ecr = Pick<ECRClient, 'send'>;

/** Finds the repository of a pipeline by its config and PROJECT. Throws ConfigError. */
export function repositoryOf(
  { region, secret_arn }: Pick<PipelineConfig, 'region' | 'secret_arn'>,
  env: Readonly<Record<string, string | undefined>> = process.env,
): ImageRepository {
  const { account } = parseArn(secret_arn);
  return { name: imageRepository(parseProject(env['PROJECT'])), account, region };
}

function ecrIn({ region }: ImageRepository): ECRClient {
  return new ECRClient({ region, requestHandler: AWS_REQUESTS });
}

/**
 * Returns how to get access to a repository that does not have a tag; undefined if it has. Throws CommandError.
 *
 * @param tag stands for all that goes into the image and is immutable, so that nothing else has to be compared
 */
export async function missingFrom(
  repository: ImageRepository,
  tag: string,
): Promise<(() => Promise<Registry>) | undefined> {
  const ecr = ecrIn(repository);
  return (await hasImage(repository, tag, ecr)) ? undefined : () => ecrRegistry(repository, ecr);
}

/** Whether ECR has the image. Throws CommandError. */
export async function hasImage(
  { name: repositoryName, account, region }: ImageRepository,
  tag: string,
  ecr: Ecr,
): Promise<boolean> {
  const input = { registryId: account, repositoryName, imageIds: [{ imageTag: tag }] };
  try {
    await ecr.send(new DescribeImagesCommand(input));
    return true;
  } catch (error) {
    if (error instanceof ImageNotFoundException) return false;
    if (!(error instanceof RepositoryNotFoundException))
      throw noAccess(repositoryName, region, error);
    throw new CommandError(
      `ECR has no repository ${repositoryName} in ${region} for the images of Python pipelines: ` +
        'create it with "BOOTSTRAP=1 npm run deploy -- images", which the first "npm run bootstrap" does too',
    );
  }
}

/** Gets the password of the repository's registry, which is valid for 12 hours. Throws CommandError. */
export async function ecrRegistry({ name, region }: ImageRepository, ecr: Ecr): Promise<Registry> {
  const { authorizationData = [] } = await ecr
    .send(new GetAuthorizationTokenCommand({}))
    .catch((error: unknown) => {
      throw noAccess(name, region, error);
    });
  const [{ authorizationToken = '', proxyEndpoint = '' } = {}] = authorizationData;
  const [username = '', ...password] = Buffer.from(authorizationToken, 'base64')
    .toString()
    .split(':');
  // An emulator has no TLS.
  const origin = proxyEndpoint.replace(/^https:\/\//, '');
  return { url: `${origin}/${name}`, username, password: password.join(':') };
}

function noAccess(name: string, region: string, cause: unknown): CommandError {
  return new CommandError(
    `cannot access the image repository ${name} in ${region}: ${errorText(cause)}`,
    { cause },
  );
}
