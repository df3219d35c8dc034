import { INVENTORY } from './config-folder.js';

type Fields = Readonly<Record<string, string>>;

const NOTIFIED: Fields = { sns: 'arn:aws:sns:us-west-2:214830741341:NewWaves' };
const ELSEWHERE: Fields = { sns: 'arn:aws:sns:eu-central-1:214830741341:NewWaves' };
const CHUNKS: Fields = { ...INVENTORY, historic_frequency: '6', initial_chunk: '2022-04-20' };

/** Configs that together cover every resource that a stack can have. */
export const MATRIX: Readonly<Record<string, Fields>> = {
  least: {},
  notified: NOTIFIED,
  filtered: {
    ...NOTIFIED,
    sns_filter_policy: '{ mode: [IW], note: ["${not} %{a} \\"template\\""] }',
  },
  'notified from another region': {
    ...ELSEWHERE,
    alarm_topic_arn: 'arn:aws:sns:eu-central-1:123456789012:ops',
  },
  'csv inventory, at once': { ...INVENTORY, requester_pays: 'true' },
  'csv inventory, by chunks': { ...CHUNKS, ...NOTIFIED },
  'orc inventory': { ...CHUNKS, inventory_format: 'orc' },
  'parquet inventory': { ...INVENTORY, inventory_format: 'parquet' },
  'csv listing': { ...INVENTORY, inventory_location: 's3://lists/waves/all.csv.gz' },
  'text listing': { ...INVENTORY, inventory_location: 's3://lists/waves/all.txt' },
  'all settings': {
    ...CHUNKS,
    ...ELSEWHERE,
    source: '[s3://waves/raw/, s3://waves/old, s3://more-waves]',
    secret_kms_key_arn: 'arn:aws:kms:us-west-2:123456789012:key/0a1b2c3d',
    source_kms_key_arns:
      '[arn:aws:kms:us-west-2:123456789012:key/1b2c, arn:aws:kms:eu-west-1:210987654321:key/3d4e]',
    permissions_boundary_arn: 'arn:aws:iam::123456789012:policy/teams/coast',
    alarm_topic_arn: 'arn:aws:sns:us-west-2:123456789012:ops',
    stac_api_url: 'https://stac.example.com',
    max_queue_depth: '5000',
    batch_size: '100',
    batch_window_seconds: '20',
    outputs: 's3://waves-cogs/v1',
    tags: '{ Team: coast }',
    verify_ingestion: 'true',
    verify_tries: '4',
    max_silence_minutes: '180',
    code_version: '1.4.0',
  },
};
