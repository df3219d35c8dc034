import { Command, Option } from 'commander';
import { BUILDER_NAMES, type BuilderName } from './image/builders.js';
import { describeImage } from './image/describe.js';
import { missingFrom, repositoryOf } from './image/ecr.js';
import { layoutFolder } from './image/layout-folder.js';
import { publishImage } from './image/publish.js';
import { requiredPipeline, runCommand } from './shared/command.js';

interface ImageOptions {
  readonly push?: true;
  readonly out?: string;
  readonly builder?: BuilderName;
}

const command = new Command('image')
  .description(
    `Build the container image of a pipeline in Python with docker buildx, podman or
buildah, whichever works first. The last line is the tag of the image, which
stands for what is in it: the packages, the Python files, the code, the base
images and the processor. The same inputs give the same tag.`,
  )
  .usage('[options] <pipeline>')
  .argument('[pipeline]', 'name of a folder in pipelines/')
  .option('--push', "push the image to the project's repository in ECR, unless its tag is there")
  .option('--out <layout>', 'write the image to a folder in the OCI layout: oci:<folder>')
  .addOption(new Option('--builder <name>', 'use this builder only').choices(BUILDER_NAMES))
  .addHelpText(
    'after',
    `
Environment:
  PYTHON_IMAGE, NODE_IMAGE  base images, by digest
  IMAGE_BUILD_OPTIONS       further options of the builder, for proxies or certificates

Example:
  npm run image -- noaa_oisst --out oci:out/image`,
  )
  .action(image);

async function image(name: string | undefined, options: ImageOptions): Promise<void> {
  const pipeline = requiredPipeline(name);
  const { id } = pipeline;
  const { builder } = options;
  const out = options.out === undefined ? undefined : layoutFolder(options.out);
  const { config, image: described } = await describeImage(pipeline);
  const { tag } = described;
  const registry = options.push ? await missingFrom(repositoryOf(config), tag) : undefined;
  const isThere = options.push && registry === undefined;
  if (isThere) print(`${id}: ECR has ${tag} already`);
  if (!isThere || out !== undefined)
    await publishImage({ id, image: described, builder, out, registry, print });
  process.stdout.write(`${tag}\n`);
}

function print(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
}

await runCommand(command);
