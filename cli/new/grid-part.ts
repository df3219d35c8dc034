import { FieldError } from '../../modules/config/values/error.js';

/** A number of a tile's name in a key. */
export type GridGroup = 'latitude' | 'longitude' | 'zoom' | 'column' | 'row';

export type GridToken =
  | { readonly text: string }
  | { readonly group: GridGroup; readonly regex: string; readonly text: string };

/** The part of a key that names the tile of a grid. */
export interface GridPart {
  readonly text: string;
  /** `degrees`: the south-west corner of a tile, N53W115. `web`: zoom, column and row of a web map, 12/2200/1343. */
  readonly grid: 'degrees' | 'web';
  readonly tokens: readonly GridToken[];
}

const DEGREES =
  /(?<latitude>[NS]\d{1,2}|\d{1,2}[NS])(?<a>(?:[._]00)?[_-]?)(?<longitude>[EW]\d{3}|\d{3}[EW])(?<b>(?:[._]00)?)/i;
const WEB = /(?<zoom>\d{1,2})(?<a>[/_-])(?<column>\d{1,8})(?<b>[/_-])(?<row>\d{1,8})/;

const FORMS =
  'must name a tile by the corner in degrees, as N53W115 and 53N_115W do, or by zoom, column and row, as 12/2200/1343 does: ' +
  'for another grid, choose a constant footprint and correct createItem afterwards';

/** Parses the part of a key that names a tile. Throws FieldError. */
export function parseGridPart(text: string): GridPart {
  const degrees = whole(DEGREES, text);
  const found = degrees ?? whole(WEB, text);
  if (found === undefined) throw new FieldError(FORMS);
  const tokens = Object.entries(found).flatMap(([name, value = '']): readonly GridToken[] => {
    if (value === '') return [];
    if (name.length === 1) return [{ text: value }];
    return [{ group: name as GridGroup, text: value, regex: regexOf(value) }];
  });
  checkRange(found);
  return { text, grid: degrees === undefined ? 'web' : 'degrees', tokens };
}

/** Finds the part of a key that looks like the name of a tile by its corner. */
export function findGridPart(key: string): string | undefined {
  return DEGREES.exec(key)?.[0];
}

function whole(form: RegExp, text: string): Record<string, string | undefined> | undefined {
  return new RegExp(`^${form.source}$`, form.flags).exec(text)?.groups;
}

/** N53 becomes [NS]\d{2}, and a number of a web map any number. */
function regexOf(value: string): string {
  if (/^\d+$/.test(value)) return '\\d+';
  const digits = `\\d{${value.length - 1}}`;
  const letters = /[NSns]/.test(value) ? 'NS' : 'EW';
  const set = `[${/[a-z]/.test(value) ? letters.toLowerCase() : letters}]`;
  return /^\d/.test(value) ? `${digits}${set}` : `${set}${digits}`;
}

function checkRange(found: Readonly<Record<string, string | undefined>>): void {
  const number = (name: GridGroup): number => Number((found[name] ?? '0').replace(/\D/g, ''));
  if (number('latitude') > 90 || number('longitude') > 180)
    throw new FieldError('must be a corner within 90 degrees of latitude and 180 of longitude');
  const most = 2 ** number('zoom') - 1;
  if (found['zoom'] !== undefined && Math.max(number('column'), number('row')) > most) {
    throw new FieldError(
      `must be a tile that exists: at zoom ${number('zoom')}, columns and rows end at ${most}`,
    );
  }
}
