import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { InvocationContext } from './context.js';

/** A function of a bundle that Lambda invokes. */
export type Handler = (event: unknown, context: InvocationContext) => unknown;

/** Thrown when the handler cannot be found. `name` is the type that Lambda shows. */
export class HandlerError extends Error {
  override readonly name: string;

  constructor(type: string, message: string) {
    super(message);
    this.name = type;
  }
}

/**
 * Loads a handler such as `app.handler`: the export `handler` of app.mjs. Throws HandlerError, and what the module throws.
 *
 * @param folder absolute path of the folder that has the module
 */
export async function loadHandler(place: string, folder: string): Promise<Handler> {
  const [, module = '', name = ''] = /^(.+)\.([^.]+)$/.exec(place) ?? [];
  if (module === '') {
    throw new HandlerError(
      'Runtime.MalformedHandlerName',
      `the handler must be module.function, such as app.handler (given ${JSON.stringify(place)})`,
    );
  }
  const file = join(folder, `${module}.mjs`);
  if (!existsSync(file)) {
    throw new HandlerError('Runtime.ImportModuleError', `${file} is missing (handler ${place})`);
  }
  const exports = (await import(pathToFileURL(file).href)) as Readonly<Record<string, unknown>>;
  const { [name]: handler } = exports;
  if (typeof handler !== 'function') {
    throw new HandlerError('Runtime.HandlerNotFound', `${file} exports no function ${name}`);
  }
  return handler as Handler;
}
