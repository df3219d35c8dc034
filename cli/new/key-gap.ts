/** A piece of a pattern: what matches it, and the fixed text that it stands for, if it is fixed. */
export interface PatternToken {
  readonly regex: string;
  readonly fixed?: string;
  /** Name of the group of a date or a grid. */
  readonly group?: string;
}

/** The text between two parts of a key that were named. */
interface Gap {
  readonly from: number;
  readonly to: number;
  readonly isAfterId: boolean;
  /** Whether a part before it differs from granule to granule. */
  readonly isVaried: boolean;
}

export function varies({ fixed: text }: PatternToken): boolean {
  return text === undefined;
}

/** Folders below one that differs are those of tiles or modes, and differ too, up to the id. */
export function gap(key: string, { from, to, isAfterId, isVaried }: Gap): readonly PatternToken[] {
  const pieces = key.slice(from, to).split('/');
  const firstVaried = isAfterId
    ? pieces.length
    : isVaried
      ? 0
      : pieces.findIndex((piece) => differs(piece));
  return pieces.flatMap((piece, index): readonly PatternToken[] => {
    const slash = index === 0 ? [] : [fixed('/')];
    if (piece === '') return slash;
    const isFirst = index > 0 || from === 0 || key[from - 1] === '/';
    const isLast = index < pieces.length - 1 || to === key.length || key[to] === '/';
    const isEnd = index === pieces.length - 1 && to === key.length;
    const [, stem = piece, ending = ''] = isEnd
      ? (/^(.*?)(\.[A-Za-z][\w.]*)$/.exec(piece) ?? [])
      : [];
    const tail = ending === '' ? [] : [fixed(ending)];
    const isBelow = firstVaried >= 0 && index >= firstVaried;
    if (isFirst && isLast)
      return [...slash, ...(isBelow || differs(stem) ? anyOf(stem) : [fixed(stem)]), ...tail];
    if (isAfterId || !/\d/.test(stem)) return [...slash, fixed(piece)];
    return [...slash, { regex: escaped(stem).replace(/\d+/g, '\\d+') }, ...tail];
  });
}

/** In the layout of Hive the name of a folder's column stays: `tile=31UDQ` becomes `tile=[^/]+`. */
function anyOf(segment: string): readonly PatternToken[] {
  const column = /^\w+=/.exec(segment)?.[0];
  const any = { regex: '[^/]+' };
  return column === undefined ? [any] : [fixed(column), any];
}

/** Whether a folder is that of a tile or a scene, rather than of the dataset: v2.1 and collection02 are not. */
function differs(segment: string): boolean {
  if (/^v?\d+(\.\d+)+$/i.test(segment)) return false;
  return /^\d/.test(segment) || segment.replace(/\D/g, '').length >= 3;
}

function fixed(text: string): PatternToken {
  return { regex: escaped(text), fixed: text };
}

export function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
