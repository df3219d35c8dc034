import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { gunzipSync, gzipSync } from 'node:zlib';
import { layoutFolder, replaceFolder } from '../../../cli/image/layout-folder.js';
import { blobPath, writeLayout, type ImageLayout } from '../../../cli/image/layout.js';
import { smallImage } from '../../support/registry/small-image.js';

const folder = mkdtempSync(join(tmpdir(), 'layout-'));

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function blob({ folder: layout }: ImageLayout, digest: string): Buffer {
  return readFileSync(blobPath(layout, digest));
}

function sha256(content: Uint8Array): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

describe('the layout of an image', () => {
  let image: ImageLayout;

  beforeAll(async () => {
    image = await smallImage(folder, ['the base', 'the packages'], '{"os":"linux"}');
  });

  test('has one manifest, which names the configuration and the layers in their order', () => {
    const index: unknown = JSON.parse(readFileSync(join(image.folder, 'index.json'), 'utf8'));
    expect(index).toMatchObject({
      manifests: [
        {
          mediaType: 'application/vnd.oci.image.manifest.v1+json',
          digest: image.digest,
          annotations: { 'org.opencontainers.image.ref.name': 'waves-0123456789abcdef' },
        },
      ],
    });
    expect(JSON.parse(blob(image, image.digest).toString())).toEqual({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: image.config,
      layers: image.layers,
    });
    expect(blob(image, image.config.digest).toString()).toBe('{"os":"linux"}');
    const contents = image.layers.map(({ digest }) => gunzipSync(blob(image, digest)).toString());
    expect(contents).toEqual(['the base', 'the packages']);
  });

  test('has each blob under its digest, with its size, and nothing else', () => {
    const { config, layers, digest } = image;
    const names = readdirSync(join(image.folder, 'blobs/sha256')).map((name) => `sha256:${name}`);

    expect(names.sort()).toEqual([config, ...layers, { digest }].map((one) => one.digest).sort());
    for (const name of names) expect(sha256(blob(image, name))).toBe(name);
    for (const one of [config, ...layers]) expect(blob(image, one.digest)).toHaveLength(one.size);
    expect(readdirSync(image.folder).sort()).toEqual(['blobs', 'index.json', 'oci-layout']);
  });

  test('is the same for the same image, and another one for another', async () => {
    const again = await smallImage(folder, ['the base', 'the packages'], '{"os":"linux"}');
    const other = await smallImage(folder, ['the base', 'other packages'], '{"os":"linux"}');

    expect(again.digest).toBe(image.digest);
    expect(other.digest).not.toBe(image.digest);
    expect(other.layers[0]).toEqual(image.layers[0]);
  });

  test('keeps the compression of a builder', async () => {
    const compressed = gzipSync('the base', { level: 1 });
    const file = join(folder, 'compressed.tar');
    writeFileSync(file, compressed);
    const layout = join(folder, 'compressed');

    const written = await writeLayout(
      { config: Buffer.from('{}'), layers: [file] },
      { folder: layout, tag: 'waves-0' },
    );

    expect(blob(written, written.layers[0]?.digest ?? '')).toEqual(compressed);
  });
});

describe('the folder of --out', () => {
  test.each(['out/image', 'oci:', 'docker:out'])('is not %s', (value) => {
    expect(() => layoutFolder(value)).toThrow(
      `--out must be oci:<folder>, such as oci:out/image (given "${value}")`,
    );
  });

  test('may be missing, empty, or an image', () => {
    mkdirSync(join(folder, 'empty'));
    mkdirSync(join(folder, 'image'));
    writeFileSync(join(folder, 'image/oci-layout'), '{}');

    for (const name of ['missing', 'empty', 'image'])
      expect(layoutFolder(`oci:${join(folder, name)}`)).toBe(join(folder, name));
  });

  test('does not lose other files', () => {
    const other = join(folder, 'other');
    mkdirSync(other);
    writeFileSync(join(other, 'notes.txt'), '');

    expect(() => layoutFolder(`oci:${other}`)).toThrow(
      `${other} has other files than those of an image: name another folder`,
    );
  });

  test('is not lost if it is a file', () => {
    const file = join(folder, 'notes.txt');
    writeFileSync(file, '');

    expect(() => layoutFolder(`oci:${file}`)).toThrow(`${file} is a file: name a folder`);
  });

  test('keeps what it had until a new image is whole', async () => {
    const place = join(folder, 'kept');
    const write = (text: string) => (scratch: string) => {
      mkdirSync(scratch);
      writeFileSync(join(scratch, 'file'), text);
      return text === 'bad' ? Promise.reject(new Error('no builder')) : Promise.resolve(text);
    };

    expect(await replaceFolder(place, write('first'))).toBe('first');
    await expect(replaceFolder(place, write('bad'))).rejects.toThrow('no builder');
    expect(readFileSync(join(place, 'file'), 'utf8')).toBe('first');
    await replaceFolder(place, write('second'));
    expect(readFileSync(join(place, 'file'), 'utf8')).toBe('second');
    expect(readdirSync(folder).filter((name) => name.startsWith('kept'))).toEqual(['kept']);
  });
});
