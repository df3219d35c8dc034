import { createHash } from 'node:crypto';
import {
  closeSync,
  copyFileSync,
  createReadStream,
  createWriteStream,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { SavedImage } from './archive.js';

/** Content by its SHA-256. */
export interface Blob {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** An image in a folder in the OCI layout, without an index of processors: Lambda takes none. */
export interface ImageLayout {
  readonly folder: string;
  readonly digest: string;
  readonly config: Blob;
  readonly layers: readonly Blob[];
}

const MEDIA = 'application/vnd.oci.image';
export const MANIFEST_TYPE = `${MEDIA}.manifest.v1+json`;

/**
 * Writes the OCI layout of an image. The same image gives the same digest, because compression knows no time and no name.
 *
 * @see https://github.com/opencontainers/image-spec/blob/main/image-layout.md
 * @param tag the name of the image in the index
 */
export async function writeLayout(
  { config, layers: tars }: SavedImage,
  { folder, tag }: { readonly folder: string; readonly tag: string },
): Promise<ImageLayout> {
  mkdirSync(join(folder, 'blobs', 'sha256'), { recursive: true });
  const layers = await Promise.all(tars.map((tar) => addLayer(folder, tar)));
  const configBlob = addBlob(folder, config, `${MEDIA}.config.v1+json`);
  const manifest = { schemaVersion: 2, mediaType: MANIFEST_TYPE, config: configBlob, layers };
  const described = addBlob(folder, Buffer.from(JSON.stringify(manifest)), MANIFEST_TYPE);
  const named = Object.assign({}, described, {
    annotations: { 'org.opencontainers.image.ref.name': tag },
  });
  writeJson(join(folder, 'oci-layout'), { imageLayoutVersion: '1.0.0' });
  writeJson(join(folder, 'index.json'), { schemaVersion: 2, manifests: [named] });
  return { folder, digest: described.digest, config: configBlob, layers };
}

/** Returns the path of a blob. */
export function blobPath(folder: string, digest: string): string {
  return join(folder, 'blobs', ...digest.split(':'));
}

function addBlob(folder: string, content: Uint8Array, mediaType: string): Blob {
  const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`;
  writeFileSync(blobPath(folder, digest), content);
  return { mediaType, digest, size: content.length };
}

let count = 0;

/** Compresses a layer unless its builder has done so. */
async function addLayer(folder: string, tar: string): Promise<Blob> {
  const mediaType = `${MEDIA}.layer.v1.tar+gzip`;
  count += 1;
  const target = join(folder, `layer-${count}`);
  const hash = createHash('sha256');
  if (isCompressed(tar)) {
    copyFileSync(tar, target);
    for await (const chunk of createReadStream(target)) hash.update(chunk as Buffer);
  } else {
    await pipeline(createReadStream(tar), createGzip(), hashing(hash), createWriteStream(target));
  }
  const digest = `sha256:${hash.digest('hex')}`;
  const { size } = statSync(target);
  renameSync(target, blobPath(folder, digest));
  return { mediaType, digest, size };
}

function hashing(hash: { update(chunk: Buffer): unknown }): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(undefined, chunk);
    },
  });
}

const GZIP = Buffer.from([0x1f, 0x8b]);

function isCompressed(file: string): boolean {
  const descriptor = openSync(file, 'r');
  try {
    const start = Buffer.alloc(GZIP.length);
    readSync(descriptor, start);
    return start.equals(GZIP);
  } finally {
    closeSync(descriptor);
  }
}

function writeJson(file: string, value: unknown): void {
  writeFileSync(file, JSON.stringify(value));
}
