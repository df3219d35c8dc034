import { httpServer, json, type SeenRequest } from '../http-server.js';
import { IamApi } from './iam.js';
import { LambdaApi, type Call } from './lambda.js';
import { MappingsApi } from './mappings.js';
import { TableApi } from './table.js';

/** The caller, as STS names it. */
export const CALLER = 'arn:aws:iam::123456789012:user/ann';
const IDENTITY = `<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>${CALLER}</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>`;
const REFUSAL = { Type: 'User', Message: 'refused by the test' };

/**
 * Parts of Lambda, IAM and CloudWatch Logs, from which Terraform makes a function with its role and log group, and parts
 * of DynamoDB and STS.
 */
export async function functionServices() {
  const lambda = new LambdaApi();
  const iam = new IamApi();
  const mappings = new MappingsApi();
  const table = new TableApi();
  const groups = new Map<string, unknown>();
  const calls: string[] = [];
  let refused: string | undefined;

  const server = await httpServer((request, response) => {
    const service = serviceOf(request);
    if (service === 'iam') {
      const { status = 200, body } = iam.answer(new URLSearchParams(request.body));
      response.writeHead(status, { 'content-type': 'text/xml' }).end(body);
      return;
    }
    if (service === 'sts') {
      response.writeHead(200, { 'content-type': 'text/xml' }).end(IDENTITY);
      return;
    }
    const call = callOf(request, service);
    calls.push(call.action);
    if (call.action === refused) {
      refused = undefined;
      json(403, REFUSAL, { 'x-amzn-errortype': 'AccessDeniedException' })(request, response);
      return;
    }
    const { status = 200, body, errorType = 'ResourceNotFoundException' } = call.answer();
    json(
      status,
      body ?? '',
      status >= 400 ? { 'x-amzn-errortype': errorType } : {},
    )(request, response);
  });

  function callOf(request: SeenRequest, service: string | undefined): Call {
    if (service === 'dynamodb') return table.call(request);
    if (service !== 'lambda') return logsCall(request, groups);
    return mappings.call(request) ?? lambda.call(request);
  }

  return {
    url: server.url,
    close: server.close,
    /** Actions of Lambda, DynamoDB and CloudWatch Logs, in the order of their calls. */
    calls,
    mappings,
    table,
    codeOf: (name: string) => lambda.codeOf(name),
    /** Creates a function whose tag has the hash of its code, as a deployment does. */
    create: (name: string) => {
      lambda.create(name, {});
      lambda.tag(name, String(lambda.codeOf(name)));
    },
    /** Sets the tag that says which code was deployed last. */
    tag: (name: string, hash: string) => {
      lambda.tag(name, hash);
    },
    /** Refuses the next call of an action. */
    refuseOnce: (action: string) => {
      refused = action;
    },
  };
}

/** A request names its service in the scope of its credentials. */
function serviceOf({ headers: { authorization = '' } }: SeenRequest): string | undefined {
  return /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(authorization)?.[1];
}

interface GroupInput {
  readonly logGroupName?: string;
  readonly logGroupNamePrefix?: string;
  readonly retentionInDays?: number;
}

function logsCall({ headers, body }: SeenRequest, groups: Map<string, unknown>): Call {
  const action = String(headers['x-amz-target']).split('.').at(-1) ?? '';
  const given = JSON.parse(body) as GroupInput;
  const name = given.logGroupName ?? given.logGroupNamePrefix ?? '';
  const arn = `arn:aws:logs:eu-central-1:123456789012:log-group:${name}`;
  return {
    action,
    answer: () => {
      if (action === 'CreateLogGroup') groups.set(name, { logGroupName: name, arn: `${arn}:*` });
      if (action === 'PutRetentionPolicy')
        groups.set(name, { ...(groups.get(name) as object), ...given });
      if (action === 'DeleteLogGroup') groups.delete(name);
      if (action === 'DescribeLogGroups')
        return { body: { logGroups: groups.has(name) ? [groups.get(name)] : [] } };
      return { body: { tags: {} } };
    },
  };
}
