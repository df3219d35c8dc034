import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { memorySource, type MemorySource } from '../../kit/memory-source.js';

/** The two made-up scenes in pipelines/amazonia_1/sample/: `both` has both cameras, `left` only the left one. */
export const KEYS = {
  both: 'AMAZONIA1/WFI/037/016/AMAZONIA_1_WFI_20230105_037_016_L4/AMAZONIA_1_WFI_20230105_037_016_L4_BAND2.xml',
  left: 'AMAZONIA1/WFI/040/018/AMAZONIA_1_WFI_20230212_040_018_L4/AMAZONIA_1_WFI_20230212_040_018_L4_LEFT_BAND2.xml',
} as const;

export type SceneName = keyof typeof KEYS;
export type Edit = (xml: string) => string;

const SAMPLE = join(import.meta.dirname, '../../../pipelines/amazonia_1/sample/bucket');
export const BUCKET = 's3://brazil-eosats';

export interface TestScene {
  readonly href: string;
  readonly source: MemorySource;
  readonly warn: (message: string) => void;
  readonly warnings: string[];
}

/** Returns what createItem takes: the metadata of a sample, after an edit, at an href. */
export function testScene(
  name: SceneName,
  edit?: Edit,
  href = `${BUCKET}/${KEYS[name]}`,
): TestScene {
  const xml = readFileSync(join(SAMPLE, KEYS[name]), 'utf8');
  const edited = edit === undefined ? xml : edit(xml);
  if (edit !== undefined && edited === xml) throw new Error('the edit changes nothing');
  const warnings: string[] = [];
  const file = href.endsWith('.xml') ? href : `${href}/${basename(KEYS[name])}`;
  return {
    href,
    source: memorySource({ [file]: edited }),
    warn: (message) => warnings.push(message),
    warnings,
  };
}
