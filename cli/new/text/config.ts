import { partitionOf } from '../../../modules/config/values/arn.js';
import type { Dataset } from '../dataset.js';
import { portable } from '../own-pattern.js';
import { lines } from './code.js';

/** Returns config.yaml. */
export function configText(dataset: Dataset): string {
  const { id, title, region, bucket, requesterPays } = dataset;
  const secret = `arn:${partitionOf(region)}:secretsmanager:${region}:123456789012:secret:stac-ingestor-AbCdEf`;
  return lines(
    `# ${title}`,
    `id: ${id}`,
    'compute: awslambda',
    '',
    '# Placeholders: replace them before you deploy.',
    'ingestor_url: https://ingestor.example.com/api',
    `secret_arn: ${secret}`,
    '',
    ...pythonLines(dataset),
    ...topicLines(dataset),
    ...inventoryLines(dataset),
    `# The prefix that the functions may read.${requesterPays ? ' The reader pays for the requests.' : ''}`,
    `source: [${scalar(`s3://${bucket}/${fixedPrefix(dataset)}`)}]`,
    requesterPays && 'requester_pays: true',
    `region: ${region}`,
    '',
  );
}

function pythonLines({ python, pattern }: Dataset): readonly string[] {
  if (python === undefined) return [];
  return [`python_function: ${python.place}`, `granule_pattern: ${quoted(portable(pattern))}`, ''];
}

function topicLines({ topic, message }: Dataset): readonly string[] {
  if (topic === undefined) return [];
  const what = message === undefined ? 'sends an S3 event for' : 'announces';
  return [`# The topic that ${what} each new granule.`, `sns: ${topic}`, ''];
}

function inventoryLines({ inventory, inventoryLocation, start }: Dataset): readonly string[] {
  if (inventoryLocation === undefined) return [];
  const location = `inventory_location: ${scalar(inventoryLocation)}`;
  if (inventory === 'day') {
    return [
      '# Existing granules: one day every hour, from the first day on.',
      location,
      'historic_frequency: 1',
      `initial_chunk: ${start}`,
      '',
    ];
  }
  const what = inventory === 'listing' ? 'the listing' : 'the inventory';
  return [
    `# Existing granules: ${what} is read once, after the deployment.`,
    location,
    'historic_frequency: 0',
    '',
  ];
}

/** The folder that all keys have in common, as far as the pattern shows it. */
export function fixedPrefix({ tokens = [] }: Pick<Dataset, 'tokens'>): string {
  let prefix = '';
  for (const { fixed } of tokens) {
    if (fixed === undefined) break;
    prefix += fixed;
  }
  return prefix.slice(0, prefix.lastIndexOf('/') + 1);
}

function scalar(text: string): string {
  return /^[\w:/.=+@-]+$/.test(text) ? text : quoted(text);
}

/** In single quotes a backslash stays as it is. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
