import type { MessageForm } from '../message-form.js';
import type { Dataset } from '../dataset.js';
import { keyCode, schemaCode } from './app.js';
import { importOf, lines, literal } from './code.js';

/** Returns app.ts of a pipeline in Python whose topic sends messages of its own. */
export function pythonAppText({ bucket, collectionId }: Dataset, form: MessageForm): string {
  return lines(
    "import * as z from 'zod/mini';",
    importOf(['granuleHandler'], '../../lambdas/granule-handler.js'),
    importOf(['pythonItem'], '../../lambdas/python-handler.js'),
    importOf(['parseKeyMessage'], '../../lambdas/python/keys.js'),
    '',
    `const BUCKET = ${literal(bucket)};`,
    'const BUCKET_HREF = `s3://${BUCKET}`;',
    '',
    '/** What is used of a message of the topic. */',
    `const MessageSchema = ${schemaCode(form.path)};`,
    '',
    'export const handler = granuleHandler({',
    `collectionId: ${literal(collectionId)},`,
    '',
    '// Any message but that of the topic is an S3 event or a key, as that of a backfill is.',
    'parseMessage: (message) => {',
    "const parsed = MessageSchema.safeParse(message.type === 'custom' ? message.body : undefined);",
    'if (!parsed.success) return parseKeyMessage(message);',
    ...keyCode(form),
    "return parseKeyMessage({ type: 's3-object', bucket: BUCKET, key, href: `${BUCKET_HREF}/${key}` });",
    '},',
    '',
    'createItem: pythonItem(),',
    '});',
    '',
  );
}
