import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeLayout, type ImageLayout } from '../../../cli/image/layout.js';

/** Writes an image with one layer for each content to a new folder below `parent`. The contents stand for tar files. */
export function smallImage(
  parent: string,
  contents: readonly string[],
  config = '{}',
): Promise<ImageLayout> {
  const folder = mkdtempSync(join(parent, 'image-'));
  const saved = join(folder, 'saved');
  mkdirSync(saved);
  const layers = contents.map((content, index) => {
    const file = join(saved, `${index}.tar`);
    writeFileSync(file, content);
    return file;
  });
  return writeLayout(
    { config: Buffer.from(config), layers },
    { folder: join(folder, 'layout'), tag: 'waves-0123456789abcdef' },
  );
}
