import { appendFileSync, cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { s3EventBody } from '../../lambdas/source/s3-event.js';
import { eventOf } from '../kit/records.js';
import { createBucket, putObject } from './data/granules.js';
import {
  COLLECTION,
  CONFIG,
  COPIES,
  DOCKERFILE,
  FAULTS,
  FILE,
  ID,
  keyOf,
  SAMPLE,
  SOURCE,
} from './data/oisst.js';
import { buildEnvironment, testBaseImages, whyNoImages } from '../support/images/base-images.js';
import type { UnpackedImage } from '../support/images/unpack.js';
import { synthesizeAll, type Deployment } from './deployment/apply.js';
import { waitForLetters } from './deployment/commands.js';
import { measureContainer } from './deployment/container-times.js';
import { FULL } from './deployment/stacks.js';
import { deployImages, deploymentOf, partsOf } from './deployment/deployed-stack.js';
import { runProject, writeConfig } from './deployment/project-copy.js';
import { buildImage, unpackForEmulator, type BuiltImage } from './deployment/unpacked-image.js';
import { tryFind, waitForItem } from './system/catalogue.js';
import { CACHE, ROOT, TOPIC_REGION } from './system/places.js';
import { clientOptions } from './system/platform.js';
import { postsOf, sqs, system } from './system/running.js';
import { imagesFolder } from './system/run-record.js';

const { names, queueUrl } = partsOf(system, ID);
const folder = join(system.folder, 'project', 'pipelines', ID);
const s3 = new S3Client(clientOptions(system.endpoint, TOPIC_REGION));
let stack: Deployment;
let bases: Readonly<Record<string, string>>;
let image: UnpackedImage;
let pushed: BuiltImage;
let changedTag: string;

const missing = whyNoImages();
if (missing !== undefined) process.stderr.write(`SKIPPED, a pipeline in Python: ${missing}\n`);
/** Builds take most of the time of this file. */
const long = FULL ? test : test.skip;
const suite = missing === undefined ? describe : describe.skip;

/** Puts a file in the bucket under the name of a day, and announces it. */
async function announce(day: string, file = FILE): Promise<void> {
  await putObject(SOURCE, keyOf(day), readFileSync(join(SAMPLE, file)));
  const MessageBody = s3EventBody(SOURCE, keyOf(day));
  await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody }));
}

async function synthesize(): Promise<string> {
  await runProject(system, ['main.ts'], bases);
  const file = join(system.folder, 'project/cdktf.out/stacks', ID, 'cdk.tf.json');
  return /-images:([\w-]+)"/.exec(readFileSync(file, 'utf8'))?.[1] ?? '';
}

/** Builds and pushes the image, and unpacks it for the emulator. */
function pushImage(): Promise<BuiltImage> {
  const use = ({ tag }: BuiltImage, layout: string): void => {
    image = unpackForEmulator(system, tag, layout);
  };
  return buildImage(system, { id: ID, options: ['--push'], env: bases, use });
}

beforeAll(async () => {
  if (missing !== undefined) return;
  bases = buildEnvironment(testBaseImages(CACHE));
  await createBucket(SOURCE);
  await createBucket(COPIES);
  cpSync(join(ROOT, 'pipelines', ID), folder, { recursive: true });
  writeFileSync(join(folder, 'Dockerfile'), DOCKERFILE);
  const code = readFileSync(join(folder, 'create_item.py'), 'utf8');
  writeFileSync(join(folder, 'create_item.py'), code.replace('def create_item(', FAULTS));
  writeConfig(system, CONFIG);
  await deployImages(system);
}, 900_000);

afterAll(async () => {
  if (missing !== undefined) return;
  rmSync(imagesFolder(system.folder), { recursive: true, force: true });
  rmSync(folder, { recursive: true });
  // The stacks of the other files, without this pipeline.
  await synthesizeAll(system);
});

suite('a pipeline in Python', () => {
  test('is planned before there is an image, and deployed once the image is pushed', async () => {
    const tag = await synthesize();
    // With the documented policy, because the policy of the stacks was made before this one existed.
    stack = await deploymentOf(system, ID, join('cdktf.out/stacks', ID));
    await stack.init();

    const plan = await stack.plan();
    expect(plan).toMatchObject({ code: 2, output: expect.stringContaining(tag) });
    pushed = await pushImage();
    expect(pushed.tag).toBe(tag);
    expect(await runProject(system, ['cli/image.ts', ID, '--push'], bases)).toBe(`${tag}\n`);

    expect(await stack.apply()).toMatchObject({ code: 0 });
    expect(await tryFind(`/collections/${COLLECTION}`)).toMatchObject({ id: COLLECTION });
    expect(await stack.plan()).toMatchObject({ code: 0 });
  }, 900_000);

  long(
    'has the same image if it is built again from nothing',
    async () => {
      const { IMAGE_BUILD_OPTIONS = '' } = bases;
      const env = { ...bases, IMAGE_BUILD_OPTIONS: `${IMAGE_BUILD_OPTIONS} --no-cache` };

      expect(await buildImage(system, { id: ID, options: [], env })).toEqual(pushed);
    },
    600_000,
  );

  test('makes an Item and its copies from a message', async () => {
    await announce('20220913');

    const item = await waitForItem(COLLECTION, 'oisst-avhrr-v02r01.20220913', 120);
    const assets = Object.values(item['assets'] as Record<string, { href: string }>);
    const copies = assets.map(({ href }) => href).filter((href) => href.endsWith('.tif'));
    expect(copies).toHaveLength(4);
    for (const href of copies) {
      const { host, pathname } = new URL(href);
      expect(host).toBe(COPIES);
      const get = new GetObjectCommand({ Bucket: COPIES, Key: pathname.slice(1) });
      const bytes = await (await s3.send(get)).Body?.transformToByteArray();
      expect(Buffer.from(bytes?.subarray(0, 4) ?? [])).toEqual(Buffer.from('II*\0'));
    }
    expect(assets.some(({ href }) => href.startsWith(`s3://${SOURCE}/data/`))).toBe(true);
  }, 180_000);

  test('has a small image that starts and answers quickly', async () => {
    const event = eventOf([s3EventBody(SOURCE, keyOf('20220913'))]);
    const times = await measureContainer(image, names.functions.app.function, event);

    const [size, first, second] = [image.compressedBytes / 1e6, times.first, times.second];
    process.stderr.write(
      `image: ${size.toFixed(0)} MB compressed; an Item with four copies in ${first.toFixed(0)} ms from the start of the ` +
        `container, then in ${second.toFixed(0)} ms; an event without a message in ${times.empty.toFixed(1)} ms\n`,
    );
    expect(image.env).toContain('GDAL_CACHEMAX=128');
    expect(size).toBeLessThan(250);
    // Several times what was measured, because other processes may need the machine.
    expect(first).toBeLessThan(15_000);
    expect(times.empty).toBeLessThan(100);
  }, 60_000);

  test('survives a crash, a hang and a granule that is none', async () => {
    await Promise.all([
      announce('19990101'),
      announce('19990102'),
      announce('19990103'),
      announce('20220914', 'oisst-avhrr-v02r01.20220914.nc'),
    ]);

    await waitForItem(COLLECTION, 'oisst-avhrr-v02r01.20220914', 120);
    const letters = await waitForLetters(ID, 3, 240);
    expect(letters.map(({ kind, reason }) => `${kind}: ${reason}`).sort()).toEqual([
      expect.stringMatching(/^permanent: .*a year without a satellite/),
      expect.stringMatching(/^transient: .*SIGSEGV/),
      expect.stringMatching(/^transient: .*\(4 s\)/),
    ]);
    expect(await postsOf('oisst-avhrr-v02r01.19990101')).toEqual([]);
  }, 400_000);

  test('is changed by its Python code alone, as a plan says', async () => {
    expect(await stack.plan()).toMatchObject({ code: 0 });
    appendFileSync(join(folder, 'create_item.py'), '# Changed.\n');
    changedTag = await synthesize();

    const plan = await stack.plan();

    expect(plan.output).toContain('0 to add, 1 to change, 0 to destroy');
    expect(plan.output).toMatch(new RegExp(`image_uri .*-> "[^"]*:${changedTag}"`));
  }, 120_000);

  long(
    'is updated to another image',
    async () => {
      expect(await pushImage()).toMatchObject({ tag: changedTag });
      expect(await stack.apply()).toMatchObject({ code: 0 });
      expect(await stack.plan()).toMatchObject({ code: 0 });
    },
    600_000,
  );

  test('is destroyed, but its images are not', async () => {
    expect(await stack.destroy()).toMatchObject({ code: 0 });
  }, 180_000);
});
