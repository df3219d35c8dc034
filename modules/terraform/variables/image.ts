import { PYTHON_FIELDS } from '../../config/fields/python.js';
import { configVariables } from './config.js';
import { matches, type Variable } from './variable.js';

/** The variables of a function whose code may be an image. */
export const IMAGE_VARIABLES = {
  image_uri: {
    type: 'string',
    description:
      'The image of the function in ECR, with a tag or a digest, in the account and region of the function. Null: the code is a zip.',
    default: null,
    rules: [
      matches(
        '[0-9]{12}[.]dkr[.]ecr[.][a-z0-9-]+[.][a-z0-9.-]+/[a-z0-9._/-]+(:[A-Za-z0-9._-]+|@sha256:[0-9a-f]{64})',
        'be the address of an image in ECR with its tag or digest, such as 123456789012.dkr.ecr.eu-central-1.amazonaws.com/demo-images:noaa_oisst-0123456789abcdef',
      ),
    ],
  },
  architecture: {
    ...configVariables({ architecture: PYTHON_FIELDS.architecture }).architecture,
    description: 'The processor of the function. An image must be made for it.',
  },
} as const satisfies Readonly<Record<string, Variable>>;
