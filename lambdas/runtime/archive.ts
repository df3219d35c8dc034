/** Signatures of archive formats. */
const FORMATS = [
  { format: 'zip', start: [0x50, 0x4b, 0x03, 0x04], offset: 0 },
  { format: 'gzip', start: [0x1f, 0x8b], offset: 0 },
  { format: 'tar', start: [0x75, 0x73, 0x74, 0x61, 0x72], offset: 257 },
] as const;

/** Number of bytes at the start of a file that show whether it is an archive. */
export const ARCHIVE_START_BYTES = 262;

const ARCHIVE_NAME = /\.(?:zip|tar|tgz|tar\.gz|tar\.bz2|tar\.xz|7z|rar)$/i;

export type ArchiveFormat = (typeof FORMATS)[number]['format'];

/** Returns the archive format of a file by its first bytes, whatever its name is. Returns undefined if it is none. */
export function archiveFormatOf(bytes: Uint8Array): ArchiveFormat | undefined {
  return FORMATS.find(({ start, offset }) =>
    Buffer.from(start).equals(bytes.subarray(offset, offset + start.length)),
  )?.format;
}

/**
 * Returns the name of a file without the extension of an archive. Returns undefined if it has none.
 *
 * @example
 * withoutArchiveExtension('scenes/S1A.SAFE.zip'); // 'scenes/S1A.SAFE'
 */
export function withoutArchiveExtension(name: string): string | undefined {
  return ARCHIVE_NAME.test(name) ? name.replace(ARCHIVE_NAME, '') : undefined;
}

/**
 * Returns the end of an error message for a file that does not exist, if a folder of its href is an archive by its name.
 *
 * @example
 * archiveHint('s3://scenes/S1A.SAFE.zip/manifest.safe'); // ': s3://scenes/S1A.SAFE.zip is an archive: unpack it'
 */
export function archiveHint(href: string): string {
  const names = href.split('/');
  const index = names.findIndex((name, at) => at < names.length - 1 && ARCHIVE_NAME.test(name));
  if (index === -1) return '';
  return `: ${names.slice(0, index + 1).join('/')} is an archive: unpack it`;
}
