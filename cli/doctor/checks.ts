import { credentials, quotas } from './account.js';
import type { Check } from './check.js';
import { builder, repository } from './images.js';
import { ingestor, secret, token } from './ingestor.js';
import { inventory } from './inventory.js';
import { permissions } from './permissions.js';
import { outputs, source } from './source.js';
import { stacApi } from './stac-api.js';
import { stateBucket, stateLock } from './state.js';
import { code, terraform } from './tools.js';
import { alarmTopic, topic } from './topic.js';

/** All checks, in the order of the report. */
export const CHECKS: readonly Check[] = [
  ...[code, terraform, credentials, permissions],
  ...[stateBucket, stateLock],
  ...[secret, token, ingestor, stacApi],
  ...[source, outputs, topic, alarmTopic, inventory, quotas],
  ...[builder, repository],
];
