import { FieldError } from '../../modules/config/values/error.js';

/** How the messages of a topic, which are JSON of another form than S3 events, name a granule. */
export interface MessageForm {
  /** Keys of the objects from the message to the text, such as `detail`, `path`. */
  readonly path: readonly string[];
  /** What the text is: the key, the s3:// href, or the folder of the key. */
  readonly kind: 'key' | 'href' | 'folder';
  /** The rest of the key after the folder, with `${id}` in place of the id; empty for the others. */
  readonly file: string;
  readonly message: unknown;
}

interface Expected {
  readonly key: string;
  readonly id: string;
}

/** Finds the text of an example message that names the example key. Throws FieldError if there is none. */
export function findMessageForm(text: string, { key, id }: Expected): MessageForm {
  const message = parseMessageText(text);
  const texts = textsOf(message);
  for (const kind of ['key', 'href'] as const) {
    const found = texts.find(({ value }) =>
      kind === 'key' ? value === key : value.replace(/^s3:\/\/[^/]+\//, '') === key,
    );
    if (found !== undefined) return { path: found.path, kind, file: '', message };
  }
  const folders = texts.filter(({ value }) => value !== '' && key.startsWith(`${value}/`));
  const [folder] = folders.sort((one, other) => other.value.length - one.value.length);
  if (folder === undefined) {
    throw new FieldError(
      `must name the granule: none of its texts is the key ${key}, a folder of it, or its s3:// href`,
    );
  }
  return {
    path: folder.path,
    kind: 'folder',
    file: fileOf(key.slice(folder.value.length), { folder: folder.value, id }),
    message,
  };
}

/** The rest of the key must follow from the folder: a fixed name, or one with the name of the folder. */
function fileOf(
  rest: string,
  { folder, id }: { readonly folder: string; readonly id: string },
): string {
  if (!folder.includes(id)) {
    throw new FieldError(
      `must name the granule: ${JSON.stringify(folder)} is a folder without the id ${JSON.stringify(id)}`,
    );
  }
  if (!rest.includes(id)) return rest;
  if (folder.split('/').at(-1) === id && rest.lastIndexOf('/') === 0)
    return rest.replaceAll(id, '${id}');
  throw new FieldError(
    `must name the granule: from ${JSON.stringify(folder)} alone, the rest ${JSON.stringify(rest)} of the key does not follow`,
  );
}

/** The text of an example message that looks like a key or a folder: the longest with a slash, else the longest. */
export function likelyKey(text: string): string | undefined {
  const values = textsOf(parseMessageText(text)).map(({ value }) => value);
  const keys = values.filter((value) => value.includes('/') && !/^(https?|arn):/.test(value));
  return [...(keys.length > 0 ? keys : values)].sort((one, other) => other.length - one.length)[0];
}

/** Parses an example message, which may be in the envelope of SNS. Throws FieldError. */
export function parseMessageText(text: string): object {
  const message = parseObject(text);
  if (!/"Records":\[\{.*"s3":\{/.test(JSON.stringify(message)))
    return inEnvelope(message) ?? message;
  throw new FieldError('must not be an S3 event, which --messages s3 reads');
}

function parseObject(text: string): object {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    throw new FieldError(
      'must be an example message as JSON, such as {"path": "2024/05/01/scene-1"}',
    );
  }
  if (typeof message === 'object' && message !== null && !Array.isArray(message)) return message;
  throw new FieldError(
    'must be a JSON object: a text alone is a key, which --messages s3 reads too',
  );
}

/** What the topic sent, if the example is a message of a queue that is subscribed to it. */
function inEnvelope(message: object): object | undefined {
  const { Type, Message } = message as { readonly Type?: unknown; readonly Message?: unknown };
  return Type === 'Notification' && typeof Message === 'string'
    ? parseMessageText(Message)
    : undefined;
}

interface Found {
  readonly path: readonly string[];
  readonly value: string;
}

function textsOf(value: unknown, path: readonly string[] = []): readonly Found[] {
  if (typeof value === 'string') return [{ path, value: value.replace(/\/+$/, '') }];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) => textsOf(inner, [...path, name]));
}
