import type { ModuleCall } from './module-root.js';

export const TOPIC = 'arn:aws:sns:eu-central-1:214830741341:NewWaves';
export const STATEMENT = {
  sid: 'Read',
  actions: ['s3:GetObject'],
  resources: ['arn:aws:s3:::waves/*'],
};

export const queue = (given: ModuleCall['arguments']): ModuleCall => ({
  module: 'granule-queue',
  arguments: given,
});
export const fn = (given: ModuleCall['arguments']): ModuleCall => ({
  module: 'pipeline-function',
  arguments: { zip: '${path.root}/code/app.zip', handler: 'app.handler', ...given },
});

/** The address of an image. */
export const IMAGE =
  '123456789012.dkr.ecr.eu-central-1.amazonaws.com/demo-images:waves-0123456789abcdef';

export const runOnDeploy = (given: ModuleCall['arguments']): ModuleCall => ({
  module: 'run-on-deploy',
  arguments: { triggers: { version: '1' }, ...given },
});

export const inventory = (given: ModuleCall['arguments']): ModuleCall => ({
  module: 'inventory',
  arguments: {
    name: 'demo',
    results_bucket: 'demo-results',
    inventory_location: 's3://reports/daily/waves/everything/hive/dt=2022-04-20-01-00',
    ...given,
  },
});
export const FUNCTION_OF_INVENTORY = {
  historic_zip: '${path.root}/code/historic.zip',
  queue: {
    url: 'https://sqs.eu-central-1.amazonaws.com/123456789012/waves',
    arn: 'arn:aws:sqs:eu-central-1:123456789012:waves',
  },
  dead_letters: {
    url: 'https://sqs.eu-central-1.amazonaws.com/123456789012/waves-dead-letters',
    arn: 'arn:aws:sqs:eu-central-1:123456789012:waves-dead-letters',
  },
};
/** The queues of a module `queue` in the same root. */
export const QUEUES_OF_MODULE = {
  queue: { url: '${module.queue.queue_url}', arn: '${module.queue.queue_arn}' },
  dead_letters: {
    url: '${module.queue.dead_letters_url}',
    arn: '${module.queue.dead_letters_arn}',
  },
};
export const pipeline = (given: ModuleCall['arguments']): ModuleCall => ({
  module: 'pipeline',
  arguments: {
    project: 'demo',
    id: 'waves',
    folder: '${path.root}/code',
    ingestor_url: 'https://ingestor.example.com/api',
    secret_arn: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:ingestor-AbCdEf',
    ...given,
  },
});
