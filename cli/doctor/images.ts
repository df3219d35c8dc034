import { ECRClient } from '@aws-sdk/client-ecr';
import { AWS_REQUESTS } from '../../lambdas/runtime/aws-requests.js';
import { findBuilder } from '../image/builders.js';
import { hasImage, repositoryOf } from '../image/ecr.js';
import { CommandError } from '../shared/command.js';
import { fine, isDenied, unchecked, unneeded, wrong, type Check } from './check.js';

const NO_IMAGE = 'the pipeline is in TypeScript';

/** Docker, podman or buildah, for a pipeline in Python. */
export const builder: Check = {
  name: 'image builder',
  needsCredentials: false,
  run: async ({ pipeline: { config } }) => {
    if (config.python_function === undefined) return unneeded(NO_IMAGE);
    try {
      return fine(`${await findBuilder()} can build images`);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      return wrong(error.message, 'install or start one of them');
    }
  },
};

/** The repository of the images, for a pipeline in Python. */
export const repository: Check = {
  name: 'image repository',
  needsCredentials: ({ pipeline: { config } }) => config.python_function !== undefined,
  run: async ({ pipeline: { config }, env }) => {
    if (config.python_function === undefined) return unneeded(NO_IMAGE);
    const place = repositoryOf(config, env);
    const ecr = new ECRClient({ region: place.region, requestHandler: AWS_REQUESTS });
    try {
      await hasImage(place, 'doctor', ecr);
      return fine(`${place.name} exists in ${place.region}`);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      if (isDenied(error.cause)) return unchecked(error.message);
      return wrong(
        error.message,
        'create the repository, or correct the region and the credentials',
      );
    }
  },
};
