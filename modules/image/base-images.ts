/** References of the images that a pipeline's image is built from, as `registry/name:tag@sha256:...`. */
export interface BaseImages {
  /** Has Python 3.11 or later, and pip. */
  readonly python: string;
  /** Has Node.js as /usr/local/bin/node. */
  readonly node: string;
}

/** Both are indexes with images for x86_64 and arm64. Any registry serves an image of the same digest. */
const DEFAULTS: BaseImages = {
  python:
    'public.ecr.aws/docker/library/python:3.12.15-slim-bookworm@sha256:54c85f3c47607a77f32adec749d3c81d1348bf25833671f512b26a9b6d778cb3',
  node: 'public.ecr.aws/docker/library/node:22.23.3-bookworm-slim@sha256:43ac6c60b8f89723f746e8a92ce91abd5017e627ce1ddfe4238355d3a30b772c',
};

/** Returns the base images: PYTHON_IMAGE and NODE_IMAGE of the environment, or the defaults. */
export function baseImages(env: Readonly<Record<string, string | undefined>>): BaseImages {
  const given = (name: string, standard: string): string => {
    const { [name]: value = '' } = env;
    return value === '' ? standard : value;
  };
  return {
    python: given('PYTHON_IMAGE', DEFAULTS.python),
    node: given('NODE_IMAGE', DEFAULTS.node),
  };
}

/**
 * Returns the version of Python that an image has by its tag, such as 3.12 of `python:3.12.15-slim-bookworm`. Undefined if
 * the tag does not say it.
 */
export function pythonVersionOf({ python }: Pick<BaseImages, 'python'>): string | undefined {
  return /python[^/]*:(3\.\d+)(?:[.@-]|$)/.exec(python)?.[1];
}

/** What a tag depends on: the digest, wherever the image is taken from, or the whole reference if it has none. */
export function identityOf(reference: string): string {
  return /@(sha256:[0-9a-f]{64})$/.exec(reference)?.[1] ?? reference;
}
