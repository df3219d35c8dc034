import { Fn, Token } from 'cdktf';

/**
 * Regions that an account has to enable. In deliveries from their topics to other regions SNS has a principal for each
 * region.
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-cross-region-delivery.html
 * @see https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
 */
export const OPT_IN_REGIONS = [
  'af-south-1',
  'ap-east-1',
  'ap-east-2',
  'ap-south-2',
  'ap-southeast-3',
  'ap-southeast-4',
  'ap-southeast-5',
  'ap-southeast-6',
  'ap-southeast-7',
  'ca-west-1',
  'eu-central-2',
  'eu-south-1',
  'eu-south-2',
  'il-central-1',
  'me-central-1',
  'me-south-1',
  'mx-central-1',
];

const SNS = 'sns.amazonaws.com';

/** Returns the principals by which SNS may deliver the notifications of a topic, or the Terraform expression for them. */
export function topicPrincipals(topicArn: string): string[] {
  if (!Token.isUnresolved(topicArn)) {
    const [, , , region = ''] = topicArn.split(':');
    return OPT_IN_REGIONS.includes(region) ? [SNS, `sns.${region}.amazonaws.com`] : [SNS];
  }
  const region = Token.asString(Fn.element(Fn.split(':', topicArn), 3));
  const regional = Fn.join('.', ['sns', region, 'amazonaws.com']);
  const optIn = Token.asString(Fn.contains(OPT_IN_REGIONS, region));
  return Token.asList(Fn.conditional(optIn, [SNS, regional], [SNS]));
}
