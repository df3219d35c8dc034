import { excerpt } from '../runtime/text.js';

const SHOWN_CHARACTERS = 80;

/** What servers and proxies send with status 200 in place of a file, by how the text starts. */
const FORMATS: readonly (readonly [RegExp, string])[] = [
  [/^$/, 'is empty'],
  [/^[[{"]/, 'is JSON'],
  [/^<(?:!doctype\s+html|html)\b/i, 'is an HTML page'],
  [/^[^<]/, 'is not XML'],
];

/** Describes a text that is not XML, with its first characters. Returns undefined if it looks like XML. */
export function tryOtherFormat(text: string): string | undefined {
  const start = startOf(text);
  const [, what] = FORMATS.find(([pattern]) => pattern.test(start)) ?? [];
  return what && withStart(what, text);
}

/** Roots of error pages that are well-formed XML. OGC services have the last three. */
const ERROR_ROOTS = new Set(['ExceptionReport', 'ServiceExceptionReport', 'ServiceException']);

interface OpenTag {
  readonly local: string;
  readonly depth: number;
  readonly parent: { readonly local: string } | undefined;
}

/** Returns the problem if an element shows that the document is an error page, otherwise undefined. */
export function tryErrorPage(element: OpenTag, text: string): string | undefined {
  if (element.depth === 1 && element.local.toLowerCase() === 'html')
    return withStart('is in an HTML page, not in the expected XML', text);
  // S3, Google Cloud Storage and Azure: <Error><Code>AccessDenied</Code>...
  const isStoreError =
    element.depth === 2 && element.local === 'Code' && element.parent?.local === 'Error';
  const isServiceError = element.depth === 1 && ERROR_ROOTS.has(element.local);
  if (!isStoreError && !isServiceError) return undefined;
  return withStart('is in the error page of a server, not in the expected XML', text);
}

function withStart(what: string, text: string): string {
  const start = startOf(text);
  return start === ''
    ? what
    : `${what} (it starts with ${JSON.stringify(excerpt(start, SHOWN_CHARACTERS))})`;
}

/** Removes the XML declaration and comments, because they do not show what the document is. */
function startOf(text: string): string {
  return text
    .slice(0, 4096)
    .replace(/^\uFEFF/, '')
    .replace(/^(?:\s+|<\?xml[^>]*>|<!--[\s\S]*?-->)+/, '')
    .replace(/\s+/g, ' ');
}
