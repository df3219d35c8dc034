import { posix } from 'node:path';
import type { ProjectFile } from './files.js';

/** Returns the links of Markdown files that lead to no file or no heading, as `file: link`. `exists` takes a path from the root. */
export function brokenLinks(
  documents: readonly ProjectFile[],
  exists: (path: string) => boolean,
): string[] {
  const anchors = new Map(documents.map(({ file, text }) => [file, anchorsOf(text)]));
  return documents.flatMap(({ file, text }) =>
    linksOf(text)
      .filter((link) => {
        const [path = '', anchor] = link.split('#');
        const target = path === '' ? file : posix.join(posix.dirname(file), path);
        if (!exists(target)) return true;
        return anchor !== undefined && anchors.get(target)?.has(anchor) === false;
      })
      .map((link) => `${file}: ${link}`),
  );
}

/** Links and pictures inside the project; those to other sites are not looked up. */
function linksOf(markdown: string): string[] {
  const text = withoutCode(markdown);
  const found = [
    ...text.matchAll(/\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)/g),
    ...text.matchAll(/^\[[^\]]+\]:\s*(\S+)/gm),
    ...text.matchAll(/\b(?:src|href)="([^"]+)"/g),
  ];
  return found.map(([, link = '']) => link).filter((link) => !/^[a-z]+:/i.test(link));
}

function withoutCode(markdown: string): string {
  return markdown
    .replace(/^([^\S\n]*)(```+|~~~+)[\s\S]*?^\1\2[^\S\n]*$/gm, '')
    .replace(/`[^`\n]*`/g, '');
}

/** The ids that GitHub gives to headings: a repeated one gets a number. */
function anchorsOf(markdown: string): Set<string> {
  const anchors = new Set<string>();
  const headings = markdown
    .replace(/^([^\S\n]*)(```+|~~~+)[\s\S]*?^\1\2[^\S\n]*$/gm, '')
    .matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm);
  for (const [, heading = ''] of headings) {
    const name = slugOf(heading);
    let anchor = name;
    for (let count = 1; anchors.has(anchor); count += 1) anchor = `${name}-${String(count)}`;
    anchors.add(anchor);
  }
  for (const [, id = ''] of markdown.matchAll(/<a (?:id|name)="([^"]+)"/g)) anchors.add(id);
  return anchors;
}

function slugOf(heading: string): string {
  return heading
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');
}

/** Returns the npm scripts that a text names and `scripts` does not have. */
export function unknownScripts(
  { file, text }: ProjectFile,
  scripts: Readonly<Record<string, string>>,
): string[] {
  const named = text.matchAll(/\bnpm run (?:(?:--silent|-s) )?([a-z][a-z0-9:-]*)/g);
  return [...named]
    .map(([, name = '']) => name)
    .filter((name) => !(name in scripts))
    .map((name) => `${file}: npm run ${name}`);
}

/** Returns the paths of this project in code spans that do not exist, as `file: path`. */
export function missingPaths(
  { file, text }: ProjectFile,
  exists: (path: string) => boolean,
): string[] {
  const named = text.matchAll(
    /`((?:\.ci|\.github|cli|docs|examples|lambdas|local|modules|pipelines|terraform-modules|test)\/[\w./-]*)`/g,
  );
  return [...named]
    .map(([, path = '']) => path)
    .filter((path) => !exists(path.replace(/\/$/, '')))
    .map((path) => `${file}: ${path}`);
}
