import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type ts from 'typescript';
import type { Node, ObjectLiteralElementLike, SourceFile } from 'typescript';

type TypeScript = typeof ts;

/** Finds where something stands in source files. */
export interface Places {
  /** The call of granuleHandler, collectionHandler or historicHandler, or the first export. */
  handlerCall(file: string): string;
  /** The value of `collectionId` in the first of these files that has one; else the call of the handler in the first. */
  collectionId(files: readonly string[]): string;
  /** The `id` of the Collection in the first of these files that has one; else the call of the handler in the first. */
  idOfCollection(files: readonly string[]): string;
}

/**
 * Loads the compiler, which takes a third of a second: only if there is a problem to report. Places are
 * `path:line:column`.
 *
 * @param root the folder that paths are relative to
 */
export async function placesIn(root: string): Promise<Places> {
  const { default: ts } = (await import('typescript')) as { readonly default: TypeScript };
  const find = (files: readonly string[], isIt: Finder): string | undefined => {
    for (const file of files) {
      const source = parse(ts, root, file);
      const node = tryFind(source, isIt);
      if (node) return placeOf(file, source, node);
    }
    return undefined;
  };
  const handlerCall = (file: string): string =>
    find([file], handlerIn(ts)) ?? find([file], exportIn(ts)) ?? `${file}:1:1`;
  return {
    handlerCall,
    collectionId: (files) => find(files, collectionIdIn(ts)) ?? handlerCall(files[0] ?? ''),
    idOfCollection: (files) => find(files, idIn(ts)) ?? handlerCall(files[0] ?? ''),
  };
}

/** Returns the node that is looked for if it is this one or directly in this one. */
type Finder = (node: Node) => Node | boolean | undefined;

function parse(ts: TypeScript, root: string, file: string): SourceFile {
  return ts.createSourceFile(
    file,
    readFileSync(join(root, file), 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  );
}

function tryFind(node: Node, isIt: Finder): Node | undefined {
  const found = isIt(node);
  if (found === true) return node;
  if (typeof found === 'object') return found;
  return firstChild(node, isIt);
}

function firstChild(node: Node, isIt: Finder): Node | undefined {
  for (const child of node.getChildren()) {
    const found = tryFind(child, isIt);
    if (found) return found;
  }
  return undefined;
}

function placeOf(file: string, source: SourceFile, node: Node): string {
  const { line, character } = source.getLineAndCharacterOfPosition(node.getStart(source));
  return `${file}:${line + 1}:${character + 1}`;
}

const HANDLERS = ['granuleHandler', 'collectionHandler', 'historicHandler'];

function handlerIn(ts: TypeScript): Finder {
  return (node) => ts.isCallExpression(node) && HANDLERS.includes(node.expression.getText());
}

function exportIn(ts: TypeScript): Finder {
  return (node) =>
    ts.isExportAssignment(node) ||
    ts.isExportDeclaration(node) ||
    node.kind === ts.SyntaxKind.ExportKeyword;
}

function collectionIdIn(ts: TypeScript): Finder {
  return (node) =>
    ts.isObjectLiteralElementLike(node) && node.name?.getText() === 'collectionId'
      ? valueOf(ts, node)
      : undefined;
}

/** The Collection is the mapping that has `type: 'Collection'`. */
function idIn(ts: TypeScript): Finder {
  return (node) => {
    if (!ts.isObjectLiteralExpression(node)) return undefined;
    const named = (name: string) =>
      node.properties.find((property) => property.name?.getText() === name);
    const [type, id] = [named('type'), named('id')];
    const isCollection = type && /^['"`]Collection['"`]$/.test(valueOf(ts, type).getText());
    return isCollection && id ? valueOf(ts, id) : undefined;
  };
}

function valueOf(ts: TypeScript, property: ObjectLiteralElementLike): Node {
  return ts.isPropertyAssignment(property) ? property.initializer : property;
}
