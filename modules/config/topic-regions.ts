import { z } from 'zod';
import { parseRegion } from './values/arn.js';
import { ConfigError } from './values/error.js';

/** Regions by the ids of pipelines. */
export type TopicRegions = Readonly<Record<string, string>>;

/**
 * Environment variable by which the commands tell a synth where Terraform finds what it made for a topic that the
 * config no longer has: JSON, such as {"waves":"af-south-1"}. The commands read it from the states, which a synth does
 * not need.
 */
export const TOPIC_REGIONS = 'TOPIC_REGIONS';

const Regions = z.record(z.string(), z.string());

/** Returns undefined if the variable is not set. Throws ConfigError. */
export function readTopicRegions(
  env: Readonly<Record<string, string | undefined>>,
): TopicRegions | undefined {
  const text = env[TOPIC_REGIONS];
  if (text === undefined || text === '') return undefined;
  try {
    const regions = Regions.parse(JSON.parse(text));
    for (const region of Object.values(regions)) parseRegion(region);
    return regions;
  } catch (cause) {
    const advice = 'JSON with the region of the topic by pipeline, such as {"waves":"af-south-1"}';
    throw new ConfigError([`${TOPIC_REGIONS} must be ${advice}; got ${JSON.stringify(text)}`], {
      cause,
    });
  }
}
