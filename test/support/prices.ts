/**
 * List prices in USD of US East (N. Virginia), without free tiers, as published in September 2026. They are also in
 * docs/benchmarks.md.
 *
 * @see https://aws.amazon.com/lambda/pricing/
 * @see https://aws.amazon.com/cloudwatch/pricing/
 * @see https://aws.amazon.com/sqs/pricing/
 * @see https://aws.amazon.com/s3/pricing/
 */
export const PRICES = {
  lambdaGbSecond: { arm64: 0.0000133334, x86: 0.0000166667 },
  millionLambdaRequests: 0.2,
  millionSqsRequests: 0.4,
  millionS3Gets: 0.4,
  /** CloudWatch Logs, ingested. */
  logGb: 0.5,
  /** One month. */
  dashboard: 3,
  /** One month at standard resolution. */
  alarm: 0.1,
} as const;
