import { S3Object } from '@cdktf/provider-aws/lib/s3-object';
import type { TerraformStack } from 'cdktf';
import { STACK_TAGS } from '../config/values/tags.js';
import type { Tags } from '../config/values/tags.js';

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html */
const MAX_OBJECT_TAGS = 10;

/** S3 refuses an object with more than ten tags, where all else takes fifty: it gets the stack's own alone then. */
export function limitObjectTags(stack: TerraformStack, tags: Tags): void {
  if (Object.keys(tags).length <= MAX_OBJECT_TAGS) return;
  const own = Object.fromEntries(STACK_TAGS.map((tag) => [tag, tags[tag] ?? '']));
  for (const object of stack.node.findAll()) {
    if (!(object instanceof S3Object)) continue;
    object.tags = own;
    // The only override that the provider takes is that of no default tags.
    object.putOverrideProvider({ defaultTags: { tags: {} } });
  }
}
