import { ALARMS } from './alarms-module.js';
import { GRANULE_QUEUE } from './granule-queue-module.js';
import { INVENTORY } from './inventory-module.js';
import { PIPELINE_FUNCTION } from './pipeline-function-module.js';
import { PIPELINE } from './pipeline-module.js';
import type { PlainModule } from './plain-module.js';
import { RUN_ON_DEPLOY } from './run-on-deploy-module.js';

export const PLAIN_MODULES: readonly PlainModule[] = [
  GRANULE_QUEUE,
  PIPELINE_FUNCTION,
  INVENTORY,
  RUN_ON_DEPLOY,
  ALARMS,
  PIPELINE,
];
