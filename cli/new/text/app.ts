import type { Dataset } from '../dataset.js';
import type { MessageForm } from '../message-form.js';
import { importOf, inTemplate, lines, literal } from './code.js';

/** Returns app.ts: what a message is, and what makes its Items. */
export function appText(dataset: Dataset): string {
  const { message } = dataset;
  return message === undefined ? keyApp() : jsonApp(message);
}

function keyApp(): string {
  return lines(
    importOf(['granuleHandler'], '../../lambdas/granule-handler.js'),
    importOf(['BUCKET_HREF', 'COLLECTION_ID', 'parseKey'], './granule-key.js'),
    importOf(['createItem'], './item.js'),
    '',
    'export const handler = granuleHandler({',
    'collectionId: COLLECTION_ID,',
    '',
    '// A message is an S3 event, or a key. Returning undefined skips it.',
    'parseMessage: (message) => {',
    "const key = message.type === 's3-object' ? message.key : message.body;",
    "if (typeof key !== 'string' || parseKey(key) === undefined) return undefined;",
    'return { href: `${BUCKET_HREF}/${key}` };',
    '},',
    '',
    'createItem,',
    '});',
    '',
  );
}

function jsonApp(form: MessageForm): string {
  return lines(
    "import * as z from 'zod/mini';",
    importOf(['granuleHandler'], '../../lambdas/granule-handler.js'),
    importOf(['MessageError'], '../../lambdas/runtime/errors.js'),
    importOf(['excerpt'], '../../lambdas/runtime/text.js'),
    importOf(['BUCKET_HREF', 'COLLECTION_ID', 'parseKey'], './granule-key.js'),
    importOf(['createItem'], './item.js'),
    '',
    '/** What is used of a message. */',
    `const MessageSchema = ${schemaCode(form.path)};`,
    '',
    'export const handler = granuleHandler({',
    'collectionId: COLLECTION_ID,',
    '',
    '// Returning undefined skips a message that is not for this dataset.',
    'parseMessage: (message) => {',
    "if (message.type === 's3-object') return undefined;",
    'const parsed = MessageSchema.safeParse(message.body);',
    'if (!parsed.success) {',
    'const given = excerpt(JSON.stringify(message.body));',
    `throw new MessageError(\`the message has no ${inTemplate(form.path.join('.'))} (given \${given})\`);`,
    '}',
    ...keyCode(form),
    'return parseKey(key) && { href: `${BUCKET_HREF}/${key}` };',
    '},',
    '',
    'createItem,',
    '});',
    '',
  );
}

export function schemaCode(path: readonly string[]): string {
  return path.reduceRight(
    (inner, name) => `z.object({ ${property(name)}: ${inner} })`,
    'z.string()',
  );
}

/** Returns code that computes `key` from `parsed.data`. */
export function keyCode({ path, kind, file }: MessageForm): readonly string[] {
  const value = `parsed.data${path.map(access).join('')}`;
  switch (kind) {
    case 'key':
      return [`const key = ${value};`];
    case 'href':
      return [`const key = ${value}.replace(\`\${BUCKET_HREF}/\`, '');`];
    case 'folder': {
      const folder = `const folder = ${value}.replace(/\\/+$/, '');`;
      if (!file.includes('${id}'))
        return [folder, `const key = \`\${folder}${inTemplate(file)}\`;`];
      const name = "const name = folder.split('/').at(-1) ?? '';";
      return [folder, name, `const key = \`\${folder}${withName(file)}\`;`];
    }
  }
}

function withName(file: string): string {
  return file.split('${id}').map(inTemplate).join('${name}');
}

function access(name: string): string {
  return isPlain(name) ? `.${name}` : `[${literal(name)}]`;
}

export function property(name: string): string {
  return isPlain(name) ? name : literal(name);
}

function isPlain(name: string): boolean {
  return /^[A-Za-z_$][\w$]*$/.test(name);
}
