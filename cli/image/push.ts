import { readFileSync } from 'node:fs';
import { CommandError } from '../shared/command.js';
import { megabytes } from './build.js';
import type { Registry } from './ecr.js';
import { blobPath, MANIFEST_TYPE, type Blob, type ImageLayout } from './layout.js';
import { RegistryError } from './registry-error.js';
import { Repository, type Timeouts } from './registry.js';

export interface Push {
  readonly id: string;
  readonly tag: string;
  readonly image: ImageLayout;
  readonly registry: Registry;
  readonly print: (sentence: string) => void;
  /** @default up to a minute without a byte, and three tries */
  readonly timeouts?: Timeouts;
}

const MANIFEST_TYPES = `${MANIFEST_TYPE}, application/vnd.docker.distribution.manifest.v2+json`;
const OK = 200;
const CREATED = 201;
const ACCEPTED = 202;
const NOT_FOUND = 404;
const FAILED = 'the image cannot be pushed';

/**
 * Pushes an image under a tag: layers that the registry has are not sent again, and nothing if it has the tag with the same
 * content. Throws CommandError with one sentence that says what to do, also if the tag has other content: it is never moved.
 */
export async function pushImage({
  id,
  tag,
  image,
  registry,
  print,
  timeouts,
}: Push): Promise<void> {
  const repository = new Repository(registry, timeouts);
  const there = await tryConfigOf(repository, tag);
  if (there === image.config.digest) {
    print(`${id}: ${registry.url}:${tag} is there already`);
    return;
  }
  if (there !== undefined) throw tagTaken(registry, tag);
  const blobs = [...image.layers, image.config];
  const total = blobs.reduce((sum, { size }) => sum + size, 0);
  let done = 0;
  for (const blob of blobs) {
    const isSent = await pushBlob(repository, blob, image.folder);
    done += blob.size;
    if (isSent) print(`${id}: pushed ${megabytes(done)} of ${megabytes(total)}`);
  }
  await putManifest(repository, tag, { image, registry });
  print(`${id}: pushed ${registry.url}:${tag}`);
}

/** The digest of the configuration says what is in an image, however its layers are compressed. */
async function tryConfigOf(repository: Repository, tag: string): Promise<string | undefined> {
  const { status, body } = await repository.repeating(() =>
    repository.call('GET', `manifests/${tag}`, {
      headers: { Accept: MANIFEST_TYPES },
      expected: [OK, NOT_FOUND],
      failed: `the tag ${tag} cannot be looked up`,
    }),
  );
  if (status === NOT_FOUND) return undefined;
  const { config } = JSON.parse(body) as { readonly config?: { readonly digest?: string } };
  return config?.digest ?? 'an index';
}

/** Whether the blob had to be sent. */
function pushBlob(repository: Repository, blob: Blob, folder: string): Promise<boolean> {
  return repository.repeating(async () => {
    const { status } = await repository.call('HEAD', `blobs/${blob.digest}`, {
      expected: [OK, NOT_FOUND],
      failed: FAILED,
    });
    if (status === OK) return false;
    await upload(repository, blob, folder);
    return true;
  });
}

/** Sends a blob. An upload that failed cannot be continued: the registry may have a part of it. */
async function upload(
  repository: Repository,
  { digest, size }: Blob,
  folder: string,
): Promise<void> {
  const started = await repository.call('POST', 'blobs/uploads/', {
    expected: [ACCEPTED],
    failed: FAILED,
  });
  const sent = await repository.call('PATCH', locationOf(started.headers.location), {
    headers: { 'Content-Type': 'application/octet-stream' },
    file: { path: blobPath(folder, digest), size },
    expected: [ACCEPTED, CREATED],
    failed: FAILED,
  });
  const end = locationOf(sent.headers.location ?? started.headers.location);
  const separator = end.includes('?') ? '&' : '?';
  await repository.call('PUT', `${end}${separator}digest=${encodeURIComponent(digest)}`, {
    expected: [CREATED],
    failed: FAILED,
  });
}

function locationOf(location: string | undefined): string {
  if (location !== undefined) return location;
  throw new CommandError(`${FAILED}: the registry gave no location for a layer: is it a registry?`);
}

/** Another push of the same tag may have come first. */
async function putManifest(
  repository: Repository,
  tag: string,
  { image, registry }: Pick<Push, 'image' | 'registry'>,
): Promise<void> {
  try {
    await repository.repeating(() =>
      repository.call('PUT', `manifests/${tag}`, {
        headers: { 'Content-Type': MANIFEST_TYPE },
        body: readFileSync(blobPath(image.folder, image.digest), 'utf8'),
        expected: [CREATED],
        failed: FAILED,
      }),
    );
  } catch (error) {
    if (error instanceof RegistryError && /^TAG_INVALID|TAG_EXISTS/.test(error.code)) {
      if ((await tryConfigOf(repository, tag)) === image.config.digest) return;
      throw tagTaken(registry, tag);
    }
    throw error;
  }
}

function tagTaken({ url }: Registry, tag: string): CommandError {
  return new CommandError(
    `${url}:${tag} is there already with other content: the tag stands for the inputs of the image, so deploy the image ` +
      'that is there, or delete it from the registry and push again',
  );
}
