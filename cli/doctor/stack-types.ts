import type { PipelineConfig } from '../../modules/config/config.js';
import { ACTIONS } from '../../modules/deployer/actions.js';

type Parts = Pick<
  PipelineConfig,
  'sns' | 'inventory_location' | 'verify_ingestion' | 'circuit_breaker' | 'dashboard'
>;

const INVENTORY_ONLY: readonly string[] = [
  'aws_athena_workgroup',
  'aws_glue_catalog_database',
  'aws_glue_catalog_table',
  'aws_lambda_function_recursion_config',
  'aws_s3_bucket',
  'aws_s3_bucket_lifecycle_configuration',
  'aws_s3_bucket_policy',
  'aws_s3_bucket_public_access_block',
  'aws_s3_object',
];

/** Returns Terraform's types of the resources that the stack of a pipeline may have. */
export function stackTypes(config: Parts): string[] {
  const hasInventory = config.inventory_location !== undefined;
  const hasSchedules = hasInventory || config.verify_ingestion || config.circuit_breaker;
  const absent = new Set([
    ...(hasInventory ? [] : INVENTORY_ONLY),
    ...(config.sns === undefined ? ['aws_sns_topic_subscription'] : []),
    ...(config.dashboard ? [] : ['aws_cloudwatch_dashboard']),
    ...(hasSchedules ? [] : ['aws_scheduler_schedule', 'aws_scheduler_schedule_group']),
    ...(hasSchedules ? [] : ['aws_lambda_function_event_invoke_config']),
  ]);
  return Object.keys(ACTIONS).filter((type) => !absent.has(type));
}
