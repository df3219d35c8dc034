import { format, resolveConfig } from 'prettier';
import type { Dataset } from './dataset.js';
import { appText } from './text/app.js';
import { collectionJson, collectionText } from './text/collection.js';
import { configText } from './text/config.js';
import { gridText, metadataText } from './text/footprint.js';
import { granuleKeyText } from './text/granule-key.js';
import { historicText } from './text/historic.js';
import { itemText } from './text/item.js';
import { pythonAppText } from './text/python.js';
import { sampleFiles } from './text/sample.js';
import { pythonTest } from './text/python-test.js';
import { appTest, historicTest } from './text/tests.js';

/** Contents by path in the folder of a pipeline. */
export type PipelineFiles = Readonly<Record<string, string | Uint8Array>>;

/** Returns the files of a new pipeline, formatted as `npm run format` does. A pipeline in Python lacks its lock yet. */
export async function filesOf(dataset: Dataset): Promise<PipelineFiles> {
  const formatted = await Promise.all(
    Object.entries(codeOf(dataset)).map(
      async ([name, text]) => [name, await formattedAs(name, text)] as const,
    ),
  );
  return { ...Object.fromEntries(formatted), ...sampleFiles(dataset) };
}

/** Returns the files but those of the sample, before they are formatted. */
export function codeOf(dataset: Dataset): Readonly<Record<string, string>> {
  return {
    'config.yaml': configText(dataset),
    ...(dataset.python === undefined ? typescriptFiles(dataset) : pythonFiles(dataset)),
  };
}

function typescriptFiles(dataset: Dataset): Readonly<Record<string, string>> {
  const { area } = dataset;
  return {
    'app.ts': appText(dataset),
    'app.test.ts': appTest(dataset),
    'collection.ts': collectionText(dataset),
    'granule-key.ts': granuleKeyText(dataset),
    ...(area.kind === 'grid' && { 'grid.ts': gridText(area.part) }),
    ...(dataset.inventory !== 'none' && {
      'historic.ts': historicText(dataset),
      'historic.test.ts': historicTest(dataset),
    }),
    'item.ts': itemText(dataset),
    ...(area.kind === 'metadata' && { 'metadata.ts': metadataText(dataset) }),
  };
}

function pythonFiles(dataset: Dataset): Readonly<Record<string, string>> {
  const { message, python } = dataset;
  return {
    ...(message && { 'app.ts': pythonAppText(dataset, message) }),
    'collection.json': collectionJson(dataset),
    'granule.test.ts': pythonTest(dataset),
    'requirements.in': `${(python?.requirement ?? '').split(/\s+/).join('\n')}\n`,
  };
}

async function formattedAs(name: string, text: string): Promise<string> {
  if (name === 'requirements.in') return text;
  const options = await resolveConfig('package.json');
  return format(text, { ...options, filepath: name });
}
