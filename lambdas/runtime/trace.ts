import { failureOf } from './errors.js';
import { once } from './once.js';
import { originalPlace } from './source-map.js';
import { excerpt } from './text.js';

/** Deep enough for an error that a library throws: V8 keeps ten frames, and the pipeline's may be below them. */
const STACK_FRAMES = 50;
const MAX_ERRORS = 5;
const MESSAGE_CHARACTERS = 2_000;
const CAUSED_BY = '\nCaused by: ';
const FRAME = /^\s*at /;
const LOCATION = /(\(|at (?:async )?)(?:file:\/\/)?(\/.*?):(\d+):(\d+)(\)?)$/;
/** Where source maps place the files of a bundle depends on the folder that the bundle is in. */
const BELOW_UNKNOWN_ROOT = /^.*?\/(?=(?:pipelines|lambdas|local|node_modules)\/)/;

/** Makes V8 keep more frames of each error from now on. */
export function deepenStacks(): void {
  Error.stackTraceLimit = Math.max(Error.stackTraceLimit, STACK_FRAMES);
}

/**
 * Returns the name, the message and the stack of a thrown value and of its causes. Paths are relative to the repository
 * if source maps are enabled, and of files outside it only the name is kept. A wrapped error and its cause that share a
 * stack count as one. Never throws.
 */
export function traceOf(thrown: unknown): string {
  const errors = chainOf(thrown).map((error) => ({
    head: headOf(error),
    frames: framesOf(error).join('\n'),
  }));
  return errors
    .filter(({ frames }, index) => frames === '' || frames !== errors[index - 1]?.frames)
    .map(({ head, frames }) => (frames === '' ? head : `${head}\n${frames}`))
    .join(CAUSED_BY);
}

/** The thrown value and its causes. */
function chainOf(thrown: unknown): unknown[] {
  const chain = [thrown];
  for (let cause = causeOf(thrown); cause !== undefined; cause = causeOf(cause)) {
    if (chain.length === MAX_ERRORS) break;
    chain.push(cause);
  }
  return chain;
}

/** Returns the first place of the stack that is in the code of a pipeline, such as `pipelines/x/app.ts:12:7`. */
export function pipelinePlace(thrown: unknown): string | undefined {
  for (const frame of framesOf(thrown)) {
    const place = /(?:\(|at (?:async )?)(pipelines\/.*?:\d+:\d+)\)?$/.exec(frame)?.[1];
    if (place !== undefined) return place;
  }
  return undefined;
}

function headOf(thrown: unknown): string {
  const { name, message } = failureOf(thrown);
  return `${name}: ${excerpt(message, MESSAGE_CHARACTERS)}`;
}

function framesOf(thrown: unknown): string[] {
  const [own = ''] = stackOf(thrown).split(CAUSED_BY);
  return own
    .split('\n')
    .filter((line) => FRAME.test(line))
    .map((line) => `    ${relativeFrame(line.trim())}`);
}

/** The stack without the message, whose lines may look like frames. The fields of a thrown value can hold anything. */
function stackOf(thrown: unknown): string {
  try {
    const { stack, message } = thrown as { readonly stack?: unknown; readonly message?: unknown };
    if (typeof stack !== 'string') return '';
    const at = typeof message === 'string' ? stack.indexOf(message) : -1;
    return at === -1 ? stack : stack.slice(at + String(message).length);
  } catch {
    return '';
  }
}

function causeOf(thrown: unknown): unknown {
  try {
    return (thrown as { readonly cause?: unknown }).cause;
  } catch {
    return undefined;
  }
}

function relativeFrame(frame: string): string {
  const [all = '', before = '', path = '', line, column, after = ''] = LOCATION.exec(frame) ?? [];
  if (all === '') return frame;
  const place = originalPlace({ path, line: Number(line), column: Number(column) });
  const shown = `${relativePath(place.path)}:${place.line}:${place.column}`;
  return `${frame.slice(0, -all.length)}${before}${shown}${after}`;
}

function relativePath(path: string): string {
  for (const root of [ownRoot(), process.cwd()])
    if (root !== undefined && root !== '/' && path.startsWith(`${root}/`))
      return path.slice(root.length + 1);
  const relative = path.replace(BELOW_UNKNOWN_ROOT, '');
  return relative === path ? path.slice(path.lastIndexOf('/') + 1) : relative;
}

/** The repository, according to the place of this file in a stack; undefined without source maps. */
const ownRoot = once((): string | undefined => {
  const stack = new Error().stack ?? '';
  return /(?:\(|at )(?:file:\/\/)?(\/.*)\/lambdas\/runtime\/trace\.ts:/.exec(stack)?.[1];
});
