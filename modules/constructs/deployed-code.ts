import { DataAwsLambdaFunction } from '@cdktf/provider-aws/lib/data-aws-lambda-function';
import type { LambdaFunction } from '@cdktf/provider-aws/lib/lambda-function';
import { TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { BaseStack } from './base-stack.js';

/** Length of a SHA-256 in base64. Anything else, such as the mock value of `terraform test`, is not compared. */
const HASH_CHARACTERS = 44;

/**
 * Reads the function back, and fails the plan or the apply if Lambda has other code than Terraform recorded: the
 * provider records new code even if Lambda refused the upload, and would never upload it again. While the function has
 * changes, Terraform reads it after them; the data source depends on it for that.
 *
 * The data source has the name of the function, so that Terraform's output shows the address to replace.
 */
export function readDeployedCode(scope: Construct, fn: LambdaFunction): DataAwsLambdaFunction {
  const deployed = new DataAwsLambdaFunction(scope, 'deployed-code', {
    functionName: fn.functionName,
    dependsOn: [fn],
    lifecycle: {
      postcondition: [
        {
          condition: `\${${condition(fn)}}`,
          errorMessage: errorMessage(scope, addressOf(fn)),
        },
      ],
    },
  });
  deployed.overrideLogicalId(fn.friendlyUniqueId);
  return deployed;
}

/** Anything else than an address in ECR, such as the mock value of `terraform test`, is not compared. */
const NOT_IN_ECR = 'length(regexall("[.]dkr[.]ecr[.]", self.image_uri)) == 0';

/** A zip is compared by its hash, an image by its address: two images with one address have one content. */
function condition(fn: LambdaFunction): string {
  const address = addressOf(fn);
  const zip = `self.code_sha256 == ${address}.source_code_hash || length(self.code_sha256) != ${HASH_CHARACTERS}`;
  const image = `self.image_uri == ${address}.image_uri || ${NOT_IN_ECR}`;
  if (fn.packageTypeInput === undefined) return zip;
  return fn.packageTypeInput === 'Image'
    ? image
    : `${address}.package_type == "Image" ? ${image} : ${zip}`;
}

/** The address in the stack, or in the module without the index of `count`. */
export function addressOf({ terraformResourceType, friendlyUniqueId }: LambdaFunction): string {
  return `${terraformResourceType}.${friendlyUniqueId}`;
}

function errorMessage(scope: Construct, address: string): string {
  const stack = TerraformStack.of(scope);
  const what =
    'Old code: the function ${self.function_name} does not run the code that Terraform recorded. The upload failed in ' +
    'an earlier apply, or the code was changed outside Terraform.';
  return stack instanceof BaseStack
    ? `${what} "npm run deploy -- ${stack.node.id}" replaces the function, as does terraform apply -replace='${address}'.`
    : `${what} Replace the function with terraform apply -replace='module.NAME.${address}', where NAME is the name of the module block.`;
}
