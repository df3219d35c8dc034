import { domainOf } from './values/arn.js';

/** The name of the repository with the images of a project's Python pipelines, in ECR. */
export function imageRepository(project: string): string {
  return `${project}-images`;
}

/** What the tags of a pipeline's images begin with. No id contains a hyphen, so the prefix belongs to one pipeline. */
export function tagPrefix(id: string): string {
  return `${id}-`;
}

/** The tag of an image, or its digest where it is given by digest. */
export function imageTagOf(imageUri: string): string {
  return imageUri.slice(imageUri.lastIndexOf(':') + 1);
}

interface ImagePlace {
  readonly project: string;
  /** 12 digits. */
  readonly account: string;
  /** The region of the function, which takes no image from another one. */
  readonly region: string;
  readonly tag: string;
}

/** The address of an image: `123456789012.dkr.ecr.eu-central-1.amazonaws.com/demo-images:noaa_oisst-0123456789abcdef`. */
export function imageUri({ project, account, region, tag }: ImagePlace): string {
  return `${account}.dkr.ecr.${region}.${domainOf(region)}/${imageRepository(project)}:${tag}`;
}
