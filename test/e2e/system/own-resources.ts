import { getCall, jsonCall, queryCall, type Caller } from '../deployment/aws-call.js';
import { PROJECT, REGION, TOPIC_REGION } from './places.js';

type Look = (caller: Caller) => Promise<unknown>;

const json = (service: string, target: string): Look => {
  return (caller) => jsonCall(caller, [service, target], {});
};
const query = (service: string, action: string): Look => {
  return (caller) => queryCall(caller, [service, action], {});
};
const get = (service: string, path: string): Look => {
  return (caller) => getCall(caller, service, path);
};

/** The kinds of resources that a stack creates, each with the call that lists them. */
const KINDS: Readonly<Record<string, Look>> = {
  alarms: query('monitoring', 'DescribeAlarms'),
  buckets: get('s3', '/'),
  dashboards: query('monitoring', 'ListDashboards'),
  databases: json('glue', 'AWSGlue.GetDatabases'),
  functions: get('lambda', '/2015-03-31/functions/'),
  'log groups': json('logs', 'Logs_20140328.DescribeLogGroups'),
  mappings: get('lambda', '/2015-03-31/event-source-mappings/'),
  queues: json('sqs', 'AmazonSQS.ListQueues'),
  roles: query('iam', 'ListRoles'),
  'schedule groups': get('scheduler', '/schedule-groups'),
  schedules: get('scheduler', '/schedules'),
  subscriptions: query('sns', 'ListSubscriptions'),
  tables: json('dynamodb', 'DynamoDB_20120810.ListTables'),
  'work groups': json('athena', 'AmazonAthena.ListWorkGroups'),
};

/** The dashboard of all pipelines, which belongs to the stack `bootstrap` and stays. */
const OF_BOOTSTRAP = `dashboards: ${PROJECT}-pipelines`;

/** Lists all resources of the pipelines' stacks in both regions: their names begin with PROJECT. */
export async function listProjectResources(endpoint: string): Promise<string[]> {
  const looks = [REGION, TOPIC_REGION].flatMap((region) =>
    Object.entries(KINDS).map(async ([kind, look]) => {
      const text = JSON.stringify(await look({ endpoint, region }));
      const names = text.match(new RegExp(`\\b${PROJECT}[-_][\\w.-]+`, 'g')) ?? [];
      return names.map((name) => `${kind}: ${name}`);
    }),
  );
  const names = new Set((await Promise.all(looks)).flat());
  names.delete(OF_BOOTSTRAP);
  return [...names].sort();
}
