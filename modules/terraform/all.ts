import { ALARMS } from './modules/alarms.js';
import { GRANULE_QUEUE } from './modules/granule-queue.js';
import { INVENTORY } from './modules/inventory.js';
import { PIPELINE_FUNCTION } from './modules/pipeline-function.js';
import { PIPELINE } from './modules/pipeline.js';
import type { TerraformModule } from './generate/module.js';
import { RUN_ON_DEPLOY } from './modules/run-on-deploy.js';

export const TERRAFORM_MODULES: readonly TerraformModule[] = [
  GRANULE_QUEUE,
  PIPELINE_FUNCTION,
  INVENTORY,
  RUN_ON_DEPLOY,
  ALARMS,
  PIPELINE,
];
