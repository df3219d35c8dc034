import { historicHandler } from '../../lambdas/historic-handler.js';
import { tryParseKey } from './scene-name.js';

type Row = Record<string, string | undefined>;

/** Selects the metadata files of the whole listing. */
export function queryInventory(): string {
  return "SELECT key FROM inventory WHERE key LIKE '%BAND2.xml'";
}

/** What `aws s3 ls --recursive` prints before a key: the time and the size of the object. */
const LISTING_PREFIX = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +[\d.]+(?: (?:Bytes?|[KMGTPE]iB))? +/;

/** Returns the key of a scene's metadata file; undefined for any other row. */
export function rowToMessageBody({ key: line = '' }: Row): string | undefined {
  const key = keyOfLine(line);
  return tryParseKey(key)?.file === 'metadata' ? key : undefined;
}

/** Returns the id of the scene, which its Item has; undefined if the row becomes no message. */
export function itemIdOf({ key: line = '' }: Row): string | undefined {
  const scene = tryParseKey(keyOfLine(line));
  return scene?.file === 'metadata' ? scene.id : undefined;
}

function keyOfLine(line: string): string {
  return line.trim().replace(LISTING_PREFIX, '');
}

/** There are no chunks, because the listing is read at once. */
export function nextChunk(): string | undefined {
  return undefined;
}

export const handler = historicHandler({ queryInventory, rowToMessageBody, nextChunk, itemIdOf });
