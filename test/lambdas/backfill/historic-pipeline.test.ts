import { resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import ts from 'typescript';

const OPTIONS: ts.CompilerOptions = {
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  target: ts.ScriptTarget.ES2023,
  types: ['node'],
};

const AUTHORS: Readonly<Record<string, string>> = {
  'a queryInventory that expects a chunk always':
    "queryInventory: ({ chunk }: { chunk: string }) => chunk.replace('-', '/'),",
  'a rowToMessageBody that expects a value always':
    'rowToMessageBody: (row: { key: string }) => row.key,',
  'a rowToMessageBody that returns an object':
    'rowToMessageBody: (row: Record<string, string | undefined>) => ({ key: row.key }),',
  'a nextChunk that expects a number': 'nextChunk: (chunk: number) => String(chunk + 1),',
  'functions of the right types': '',
};

/** Returns the names of the authors' objects that the compiler rejects. */
function rejected(): string[] {
  const file = resolve('pipelines/virtual-historic.ts');
  const names = Object.keys(AUTHORS);
  const objects = names.map(
    (name, index) => `export const p${index}: HistoricPipeline = {
  queryInventory: () => '', rowToMessageBody: () => undefined, nextChunk: () => undefined,
  ...{ ${AUTHORS[name] ?? ''} } };`,
  );
  const text = `import type { HistoricPipeline } from '../lambdas/backfill/historic-pipeline.js';\n${objects.join('\n')}\n`;
  const disk = ts.createCompilerHost(OPTIONS);
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (name) => name === file || disk.fileExists(name),
    getSourceFile: (name, ...rest) =>
      name === file
        ? ts.createSourceFile(name, text, ts.ScriptTarget.ES2023)
        : disk.getSourceFile(name, ...rest),
  };
  const program = ts.createProgram([file], OPTIONS, host);
  const faults = ts.getPreEmitDiagnostics(program, program.getSourceFile(file));
  const found = faults.map(({ start = 0 }) => {
    const index = [...text.slice(0, start).matchAll(/export const p(\d+)/g)].at(-1)?.[1];
    return names[Number(index)] ?? 'the import';
  });
  return [...new Set(found)];
}

test('[N19] the compiler rejects functions that do not fit how the framework calls them', () => {
  expect(rejected()).toEqual(Object.keys(AUTHORS).slice(0, -1));
});
