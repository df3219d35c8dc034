import type { SeenRequest } from '../http-server.js';
import type { OtherAnswer } from './state-server.js';

/** The regions of log groups by name. */
export type LogGroups = Map<string, string>;

/** Stands in for CloudWatch Logs as far as Terraform manages log groups, each region with its own. */
export function answerLogs(
  { headers, body }: SeenRequest,
  groups: LogGroups,
): OtherAnswer | undefined {
  const [service, action] = String(headers['x-amz-target'] ?? '').split('.');
  if (service !== 'Logs_20140328') return undefined;
  const region = /Credential=[^/]+\/\d+\/([^/]+)\//.exec(headers.authorization ?? '')?.[1] ?? '';
  const { logGroupName, logGroupNamePrefix } = JSON.parse(body) as Record<string, string>;
  const name = logGroupName ?? logGroupNamePrefix ?? '';
  const isThere = groups.get(name) === region;
  if (action === 'CreateLogGroup' && isThere) return { status: 400, body: EXISTS };
  if (action === 'CreateLogGroup') groups.set(name, region);
  if (action === 'DeleteLogGroup' && isThere) groups.delete(name);
  const arn = `arn:aws:logs:${region}:123456789012:log-group:${name}:*`;
  const found = { logGroupName: name, arn, logGroupClass: 'STANDARD' };
  const logGroups = groups.get(name) === region ? [found] : [];
  return { body: JSON.stringify({ tags: {}, logGroups }) };
}

const EXISTS = JSON.stringify({
  __type: 'ResourceAlreadyExistsException',
  message: 'The specified log group already exists',
});
