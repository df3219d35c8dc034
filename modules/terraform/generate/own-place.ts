import { DataAwsPartition } from '@cdktf/provider-aws/lib/data-aws-partition';
import { DataAwsRegion } from '@cdktf/provider-aws/lib/data-aws-region';
import type { ModuleStack } from './stack.js';

/** Where the caller's provider works; neither asks an API. */
export function ownPlace(stack: ModuleStack): {
  readonly region: string;
  readonly partition: string;
} {
  return {
    // `id` is the region's name in versions 5 and 6 of the provider, `name` is deprecated in 6.
    region: new DataAwsRegion(stack, 'current-region', {}).id,
    partition: new DataAwsPartition(stack, 'current-partition', {}).partition,
  };
}
