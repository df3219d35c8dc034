import { join } from 'node:path';
import { Script } from 'node:vm';

/** Evaluates an expression, such as a function, whose stack frames are in the file `path` of this repository. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller knows the type of its text
export function codeAt<T>(path: string, expression: string): T {
  const script = new Script(`(${expression})`, { filename: join(process.cwd(), path) });
  return script.runInThisContext() as T;
}
