import { Token } from 'cdktf';
import { imageTagOf } from '../config/images.js';

/** A zip in the stack's folder. */
export interface ZipCode {
  /** Path relative to the stack's folder, as in `assets/app-0123456789abcdef.zip`. A reference is used unchanged. */
  readonly path: string;
  /** SHA-256 of the zip, in base64. */
  readonly hashBase64: string;
  /** File and export, as in `app.handler`. */
  readonly handler: string;
}

/** A container image in ECR, in the account and the region of the function. */
export interface ImageCode {
  /** `123456789012.dkr.ecr.eu-central-1.amazonaws.com/demo-images:noaa_oisst-0123456789abcdef` */
  readonly imageUri: string;
}

/** What a function runs: attributes of aws_lambda_function, which are undefined where they do not apply. */
export interface FunctionCode {
  /** `Image`, or a reference that may be. @default Zip */
  readonly packageType?: string;
  readonly imageUri?: string;
  readonly filename?: string;
  readonly sourceCodeHash?: string;
  readonly handler?: string;
  readonly runtime?: string;
  /** A word that changes with the code. It is the tag of the function, and triggers what follows from new code. */
  readonly fingerprint: string;
}

/** The runtime of zips. The image of a Python pipeline has the same version of Node.js. */
export const RUNTIME = 'nodejs22.x';

/** Code from a zip, which runs on Lambda's own Node.js. */
export function zipCode({ path, hashBase64, handler }: ZipCode): FunctionCode {
  return {
    filename: Token.isUnresolved(path) ? path : `\${path.module}/${path}`,
    sourceCodeHash: hashBase64,
    handler,
    runtime: RUNTIME,
    fingerprint: hashBase64,
  };
}

/** Code from an image, whose entry point and handler are its own. */
export function imageCode({ imageUri }: ImageCode): FunctionCode {
  return { packageType: 'Image', imageUri, fingerprint: imageTagOf(imageUri) };
}
