import type { Construct } from 'constructs';
import type { FunctionCode } from '../constructs/function-code.js';
import type { PipelineFunction } from '../constructs/pipeline-function.js';
import { pipelineFunction } from './functions.js';
import type { PipelineParts } from './functions.js';

/** A run takes about a dozen requests to AWS. */
const BREAKER_MB = 256;
const BREAKER_TIMEOUT_SECONDS = 30;

/** What a function needs to know to switch the mapping of a queue. */
export type QueueMapping = Readonly<Record<'uuid' | 'arn', string>>;

/** Adds the function that holds consumption while no post succeeds. */
export function breakerFunction(
  scope: Construct,
  parts: PipelineParts & { readonly breaker: FunctionCode; readonly mapping: QueueMapping },
): PipelineFunction {
  const { config, breaker: code, table, mapping } = parts;
  const breaker = pipelineFunction(scope, 'breaker', {
    ...parts,
    description: `Holds the queue of ${config.id} while no post succeeds`,
    code,
    memoryMb: BREAKER_MB,
    timeoutSeconds: BREAKER_TIMEOUT_SECONDS,
    environment: { MAPPING_ID: mapping.uuid },
  });
  breaker.allow({
    sid: 'SwitchMapping',
    actions: ['lambda:GetEventSourceMapping', 'lambda:UpdateEventSourceMapping'],
    resources: [mapping.arn],
  });
  breaker.allow({
    sid: 'KeepHold',
    actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:DeleteItem'],
    resources: [table.arn],
  });
  return breaker;
}
