/** What may stand on `*` in a policy, and why it can stand on nothing else; a test holds that nothing else does. */

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html */
export const XRAY_WRITING = {
  reason: 'X-Ray has no resource for them',
  actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
} as const;

export const OWN_QUEUE = {
  reason:
    "in a queue's own policy * is that queue: Terraform refuses its ARN there as a reference to itself, and a policy " +
    'resource of its own costs 25 s of fixed wait',
  actions: ['sqs:SendMessage'],
} as const;

export const WILDCARDS = [XRAY_WRITING, OWN_QUEUE] as const;
