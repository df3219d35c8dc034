import { GetTopicAttributesCommand, SNSClient } from '@aws-sdk/client-sns';
import { AWS_REQUESTS } from '../../lambdas/runtime/aws-requests.js';
import { parseArn } from '../../modules/config/values/arn.js';
import { errorText } from '../shared/deployed-pipeline.js';
import {
  fine,
  isDenied,
  NETWORK,
  unchecked,
  unneeded,
  wrong,
  type Check,
  type Verdict,
} from './check.js';

/** The topic of new granules. */
export const topic: Check = {
  name: 'topic',
  needsCredentials: ({ pipeline: { config } }) => config.sns !== undefined,
  run: ({ pipeline: { config } }) => checkTopic(config.sns, 'sns'),
};

/** The topic that alarms notify. */
export const alarmTopic: Check = {
  name: 'alarm topic',
  needsCredentials: ({ pipeline: { config } }) => config.alarm_topic_arn !== undefined,
  run: ({ pipeline: { config } }) => checkTopic(config.alarm_topic_arn, 'alarm_topic_arn'),
};

async function checkTopic(arn: string | undefined, key: string): Promise<Verdict> {
  if (arn === undefined) return unneeded(`${key} is not set`);
  const { region } = parseArn(arn);
  const sns = new SNSClient({ region, requestHandler: AWS_REQUESTS });
  try {
    await sns.send(new GetTopicAttributesCommand({ TopicArn: arn }));
    return fine(`${arn} exists`);
  } catch (error) {
    if (isDenied(error))
      return unchecked(
        `its owner does not show it to your credentials, so that only the deployment tells whether you may subscribe: ${errorText(error)}`,
      );
    if (error instanceof Error && error.name.startsWith('NotFound'))
      return wrong(
        `${arn} does not exist`,
        `correct ${key} (the ARN names the region and the account of the topic), or create the topic`,
      );
    if (error instanceof Error && error.name.startsWith('InvalidClientTokenId'))
      return wrong(
        `SNS in ${region} does not know your credentials: ${errorText(error)}`,
        `enable the region ${region} in the account`,
      );
    return wrong(`${arn} could not be asked about: ${errorText(error)}`, NETWORK);
  }
}
