import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { CONFIG_GROUPS, configPage, EXAMPLE_CONFIG } from '../../../modules/config/page.js';
import { readEnvironment } from '../../../modules/config/environment/environment.js';
import { problemsOf } from '../../support/stacks/config-folder.js';
import { projectFolder } from '../../support/stacks/project-folder.js';

test('docs/config.md is what `npm run docs` writes', () => {
  expect(readFileSync('docs/config.md', 'utf8')).toBe(configPage());
});

test('the example of the page is a config without problems', () => {
  expect(problemsOf(EXAMPLE_CONFIG)).toEqual([]);
});

test('the environment of the page has no problems', () => {
  const [environment = ''] =
    /(?<=## Environments[^]*```yaml\n)[^]*?(?=```)/.exec(configPage()) ?? [];
  const root = projectFolder({
    pipelines: { waves: EXAMPLE_CONFIG },
    environments: { 'prod.yaml': environment },
  });

  expect(environment).toContain('pipelines:');
  expect(readEnvironment({ root, project: 'prod' })).toMatchObject({ exists: true, problems: [] });
});

test('a row says what is allowed, what the default is, and which keys are needed', () => {
  const rows = configPage().split('\n');

  expect(rows).toEqual(
    expect.arrayContaining([
      '| `verify_ingestion` | Whether Items that the ingestor accepted but failed to load are posted again. It costs about 2.60 dollars for a million Items. The ingestor must have GET /ingestions/{id}, as that of eoapi-cdk has. | `true`, `false` | `true` | |',
      '| `verify_tries` | How often an Item that failed to load is posted again. | whole number of tries from 1 to 100 | `3` | `verify_ingestion` |',
      '| `max_queue_depth` | The number of messages in the queue above which the backfill pauses. Messages that wait for a retry count too. | whole number of messages from 1 to 1,000,000,000 | `100000` | `inventory_location` |',
      '| `inventory_format` | The format of the inventory. A file that lists keys is csv. | `csv`, `orc`, `parquet` | `csv` | `inventory_location` |',
    ]),
  );
});

test('every group has an introduction and at least one key', () => {
  for (const { intro, fields } of CONFIG_GROUPS) {
    expect(intro).toMatch(/\.$/);
    expect(Object.keys(fields).length).toBeGreaterThan(0);
  }
});
