import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import { AWS_REQUESTS } from '../../lambdas/runtime/aws-requests.js';

/** The clients of a command, by region. */
export interface AwsClients {
  readonly sqs: (region: string) => SQSClient;
  readonly cloudWatch: (region: string) => CloudWatchClient;
  readonly lambda: (region: string) => LambdaClient;
  readonly dynamo: (region: string) => DynamoDBClient;
}

/**
 * Makes one client for each service and region, when it is first needed. Each client asks for credentials and opens
 * connections by itself, so a command about many pipelines shares them.
 */
export function awsClients(): AwsClients {
  return {
    sqs: oncePer((region) => new SQSClient(options(region))),
    cloudWatch: oncePer((region) => new CloudWatchClient(options(region))),
    lambda: oncePer((region) => new LambdaClient(options(region))),
    dynamo: oncePer((region) => new DynamoDBClient(options(region))),
  };
}

function options(region: string) {
  return { region, requestHandler: AWS_REQUESTS };
}

/** Returns a function that makes each value once, and then returns the same one for the same key. */
export function oncePer<T>(make: (key: string) => T): (key: string) => T {
  const made = new Map<string, T>();
  return (key) => {
    const value = made.get(key) ?? make(key);
    made.set(key, value);
    return value;
  };
}
