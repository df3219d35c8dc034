import type { SeenRequest } from '../http-server.js';
import { httpServer } from '../http-server.js';

/** Errors of services that have nothing of a name, by the start of X-Amz-Target. */
const NOT_FOUND: Readonly<Record<string, string>> = {
  AmazonSQS: 'com.amazonaws.sqs#QueueDoesNotExist',
  DynamoDB_20120810: 'ResourceNotFoundException',
};

/**
 * Stands in for an AWS region without any resource, as far as the provider reads queues, tables and log groups; other
 * requests fail. @param present names that exist nevertheless (log groups only)
 */
export async function emptyRegion(present: readonly string[] = []) {
  return httpServer((request, response) => {
    const target = String(request.headers['x-amz-target'] ?? '');
    const error = NOT_FOUND[target.split('.')[0] ?? ''];
    const isLogs = target.startsWith('Logs_20140328');
    response.writeHead(isLogs ? 200 : 400, {
      'content-type': 'application/x-amz-json-1.1',
      ...(target.startsWith('AmazonSQS') && {
        'x-amzn-query-error': 'AWS.SimpleQueueService.NonExistentQueue;Sender',
      }),
    });
    response.end(
      JSON.stringify(isLogs ? logsOf(request, present) : { __type: error ?? 'Unknown' }),
    );
  });
}

function logsOf({ body }: SeenRequest, present: readonly string[]): object {
  if (body.includes('resourceArn')) return { tags: {} };
  const found = present.filter((name) => body.includes(JSON.stringify(name)));
  return {
    logGroups: found.map((logGroupName) => ({
      logGroupName,
      arn: `arn:aws:logs:us-west-2:123456789012:log-group:${logGroupName}:*`,
      logGroupClass: 'STANDARD',
    })),
  };
}
