import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';

/** Returns the absolute paths of the files of a pipeline's sample whose names end like this. */
export function sampleFiles(pipeline: string, ending: string): readonly string[] {
  const bucket = resolve('pipelines', pipeline, 'sample/bucket');
  return readdirSync(bucket, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending))
    .sort()
    .map((file) => resolve(bucket, file));
}
