import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { AWS_REQUESTS } from '../../lambdas/runtime/aws-requests.js';
import { parseArn } from '../../modules/config/values/arn.js';
import { errorText } from '../shared/deployed-pipeline.js';
import { fine, isCredentialFault, NETWORK, notAnswered, wrong, type Check } from './check.js';

/** The caller, and whether it is in the account of the deployment. */
export const credentials: Check = {
  name: 'credentials',
  needsCredentials: false,
  run: async ({ identity, pipeline: { config } }) => {
    const { region, secret_arn: secretArn } = config;
    const { account: expected } = parseArn(secretArn);
    let caller;
    try {
      caller = await identity();
    } catch (error) {
      const remedy = isCredentialFault(error)
        ? `sign in, or correct AWS_PROFILE and the AWS_ variables; if the credentials are good elsewhere, enable the region ${region} in the account`
        : NETWORK;
      return wrong(`AWS does not say who you are in ${region}: ${errorText(error)}`, remedy);
    }
    const { arn, account } = caller;
    if (account !== expected)
      return wrong(
        `${arn} is in account ${account}, but secret_arn is in ${expected}, which is the account of the deployment`,
        'use credentials of that account, or correct secret_arn',
      );
    return fine(`${arn} in ${region}`);
  },
};

/** Besides the functions that take messages, each of the others needs one. */
const OTHER_FUNCTIONS = 4;

/** New accounts have a limit of 10 concurrent executions, which one pipeline can use up. */
export const quotas: Check = {
  name: 'quotas',
  needsCredentials: true,
  run: async ({ pipeline: { config } }) => {
    const { region, max_concurrency: most } = config;
    const lambda = new LambdaClient({ region, requestHandler: AWS_REQUESTS });
    let limit;
    try {
      ({ AccountLimit: limit } = await lambda.send(new GetAccountSettingsCommand({})));
    } catch (error) {
      return notAnswered(`the limits of Lambda in ${region}`, error, NETWORK);
    }
    const free = limit?.UnreservedConcurrentExecutions ?? limit?.ConcurrentExecutions ?? 0;
    const needed = most + OTHER_FUNCTIONS;
    if (free >= needed)
      return fine(
        `Lambda runs ${free} functions at a time in ${region}, shared by all of the account; this pipeline uses ${needed} at most`,
      );
    return wrong(
      `Lambda runs only ${free} functions at a time in ${region}, and this pipeline uses up to ${needed} (max_concurrency ${most}, and ${OTHER_FUNCTIONS} others)`,
      'request a higher quota "Concurrent executions" of Lambda in Service Quotas, or lower max_concurrency',
    );
  },
};
