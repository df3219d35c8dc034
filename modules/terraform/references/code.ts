import type { FunctionCode, ZipCode } from '../../constructs/function-code.js';
import { RUNTIME } from '../../constructs/function-code.js';

const IS_ZIP = 'var.image_uri == null';

/**
 * The code of a function that is an image if the variable image_uri is given, and a zip otherwise.
 *
 * @param zip expressions, such as `var.zip`
 */
export function zipOrImage({ path, hashBase64, handler }: ZipCode): FunctionCode {
  const ofZip = (expression: string) => `\${${IS_ZIP} ? ${expression} : null}`;
  return {
    packageType: `\${${IS_ZIP} ? "Zip" : "Image"}`,
    imageUri: '${var.image_uri}',
    filename: ofZip(path),
    sourceCodeHash: ofZip(hashBase64),
    handler: ofZip(handler),
    runtime: ofZip(`"${RUNTIME}"`),
    // The tag of the image, or its digest.
    fingerprint: `\${try(regex("[^:]+$", var.image_uri), ${hashBase64})}`,
  };
}
