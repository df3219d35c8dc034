import type { TerraformResourceLifecycle } from 'cdktf';
import type { PipelineFunction } from './pipeline-function.js';

/** How Terraform treats the mapping between the granule queue and a function. */
export function mappingLifecycle({
  replacement,
}: Partial<Pick<PipelineFunction, 'replacement'>>): TerraformResourceLifecycle {
  return {
    // `npm run hold` and `release` set it.
    ignoreChanges: ['enabled'],
    // Messages wait in the queue while the function is replaced.
    ...(replacement !== undefined && { replaceTriggeredBy: [replacement] }),
  };
}
