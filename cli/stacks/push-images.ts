import { join } from 'node:path';
import { readProjectConfig } from '../../modules/config/config.js';
import { parseProject } from '../../modules/config/names.js';
import { describeImage } from '../image/describe.js';
import { missingFrom, repositoryOf } from '../image/ecr.js';
import { publishImage } from '../image/publish.js';
import { pipelineArgument } from '../shared/command.js';

/**
 * Builds and pushes the image of every pipeline in Python among these, unless ECR has it. Throws CommandError if there is
 * no repository, or an image cannot be built or pushed.
 */
export async function pushMissingImages(ids: readonly string[]): Promise<void> {
  const project = parseProject(process.env['PROJECT']);
  for (const id of ids) {
    const { python_function } = readProjectConfig(join('pipelines', id), project);
    if (python_function === undefined) continue;
    const { config, image } = await describeImage(pipelineArgument(id));
    const registry = await missingFrom(repositoryOf(config), image.tag);
    if (registry === undefined) print(`${id}: ECR has ${image.tag} already`);
    else await publishImage({ id, image, registry, print });
  }
}

function print(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
}
