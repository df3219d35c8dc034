import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Plan, parsePlan } from '../../../cli/plan/json.js';
import { type PlanSummary, summarizePlan } from '../../../cli/plan/summary.js';

const FOLDER = 'test/fixtures/plans';

/** Reads an output of `terraform show -json` that test/system/terraform/record-plans.ts recorded. */
export function recordedText(name: string): string {
  return readFileSync(join(FOLDER, `${name}.json`), 'utf8');
}

export function recorded(name: string): Plan {
  return parsePlan(recordedText(name));
}

export function summaryOf(name: string): PlanSummary {
  return summarizePlan(recorded(name));
}

/** A plan that changes one resource. */
export function planOf(change: Readonly<Record<string, unknown>>, more: object = {}): Plan {
  const resource = {
    address: 'aws_sqs_queue.queue',
    mode: 'managed',
    type: 'aws_sqs_queue',
    name: 'queue',
    change: { actions: ['update'], ...change },
    ...more,
  };
  return parsePlan(JSON.stringify({ format_version: '1.2', resource_changes: [resource] }));
}
