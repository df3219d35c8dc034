import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { progressRow, type LastRun } from '../../lambdas/verify/progress.js';
import { counted, shortTime } from '../shared/table.js';

/** A run starts every 15 minutes and takes 15 minutes at most. */
const LATE_RUN_MS = 3_600_000;

/** Reads what the last run of the verifying function did; undefined before the first one. */
export async function lastRunOf(
  tableName: string,
  client: DynamoDBClient,
): Promise<LastRun | undefined> {
  return (await progressRow(tableName, client).read()).lastRun;
}

/** What needs attention of a verification, one sentence each. */
export function unverifiedText(run: LastRun | undefined, now: number): string[] {
  if (run === undefined) return [];
  const { overdue, endedAt } = run;
  const isLate = now - Date.parse(endedAt) > LATE_RUN_MS;
  return [
    ...(overdue > 0
      ? [`${counted(overdue, 'Item')} posted more than a day ago and not verified`]
      : []),
    ...(isLate ? [`no verification has ended since ${shortTime(endedAt)}`] : []),
  ];
}
