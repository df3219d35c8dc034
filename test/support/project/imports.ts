import { posix } from 'node:path';
import type { ProjectFile } from './files.js';

/** `target` is the path of a file of the project, or the name of a package. */
export interface Import {
  readonly file: string;
  readonly target: string;
}

/** Names the room of a path; undefined where the rule does not apply to it. */
export type RoomOf = (path: string) => string | undefined;

/** The rooms that each room may import, besides itself. */
export type Allowed = Readonly<Record<string, readonly string[]>>;

/** Returns every import of the files, those of types included. */
export function importsOf(files: readonly ProjectFile[]): Import[] {
  return files.flatMap(({ file, text }) => {
    const found = text.matchAll(/(?:^|[\s;}])(?:from|import|import\()\s*'([^']+)'/g);
    return [...found].map(([, target = '']) => ({ file, target: targetOf(file, target) }));
  });
}

function targetOf(file: string, written: string): string {
  if (!written.startsWith('.')) return written;
  return posix.join(posix.dirname(file), written).replace(/\.js$/, '.ts');
}

/** The folder below `house` that holds a path; files directly in `house` are its doors. */
export function roomsOf(house: string): RoomOf {
  return (path) => {
    const [top, room, ...rest] = path.split('/');
    if (top !== house || room === undefined) return undefined;
    return rest.length === 0 ? 'doors' : room;
  };
}

/** In a list of layers, a room may import the rooms of all earlier layers. */
export function layers(...lists: readonly (readonly string[])[]): Allowed {
  const rows = lists.flatMap((rooms, index) =>
    rooms.map((room) => [room, lists.slice(0, index).flat()] as const),
  );
  return Object.fromEntries(rows);
}

/** Returns the imports between rooms that `allowed` does not list, as `file -> target`. */
export function forbiddenImports(
  imports: readonly Import[],
  roomOf: RoomOf,
  allowed: Allowed,
): string[] {
  return imports
    .filter(({ file, target }) => {
      const [from, to] = [roomOf(file), roomOf(target)];
      if (from === undefined || to === undefined || from === to) return false;
      return allowed[from]?.includes(to) !== true;
    })
    .map(({ file, target }) => `${file} -> ${target}`);
}

/** Returns what can be reached from `start` by imports, files and packages, without `start` unless a circle leads back. */
export function reachedFrom(imports: readonly Import[], start: readonly string[]): Set<string> {
  return reachedIn(graphOf(imports), start);
}

/** Returns each circle of imports as its files in alphabetical order. */
export function circlesOf(imports: readonly Import[]): string[][] {
  const graph = graphOf(imports);
  const reached = new Map([...graph.keys()].map((file) => [file, reachedIn(graph, [file])]));
  const circles = [...reached]
    .filter(([file, targets]) => targets.has(file))
    .map(([file, targets]) => [...targets].filter((other) => reached.get(other)?.has(file)).sort());
  return [...new Map(circles.map((circle) => [circle.join(), circle])).values()].sort();
}

type Graph = ReadonlyMap<string, readonly string[]>;

function graphOf(imports: readonly Import[]): Graph {
  const graph = new Map<string, string[]>();
  for (const { file, target } of imports) graph.set(file, [...(graph.get(file) ?? []), target]);
  return graph;
}

function reachedIn(graph: Graph, start: readonly string[]): Set<string> {
  const reached = new Set<string>();
  const waiting = start.flatMap((file) => graph.get(file) ?? []);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (reached.has(next)) continue;
    reached.add(next);
    waiting.push(...(graph.get(next) ?? []));
  }
  return reached;
}
