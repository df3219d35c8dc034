import type { Combination } from './pairs.js';

interface Shape {
  readonly key: string;
  readonly granuleId: string;
  readonly day: string;
  readonly tile: string;
}

/** Keys of different forms; each has a tile of a grid. */
export const SHAPES: Readonly<Record<string, Shape>> = {
  folders: {
    key: 'raw/v2.1/2024/05/01/N53W115/scene-17/meta.json',
    granuleId: 'scene-17',
    day: '2024/05/01',
    tile: 'N53W115',
  },
  unpadded: {
    key: "it's/2024/5/1/12-2200-1343_x/S1A_IW_0042/S1A_IW_0042.xml",
    granuleId: 'S1A_IW_0042',
    day: '2024/5/1',
    tile: '12-2200-1343',
  },
  insideId: {
    key: 'data/oisst_N53_00_W115_00_20240501.nc',
    granuleId: 'oisst_N53_00_W115_00_20240501',
    day: '20240501',
    tile: 'N53_00_W115_00',
  },
  time: {
    key: 'a b/S1A_1SDV_20240501T101500_s32e012_7F.SAFE.tif',
    granuleId: 'S1A_1SDV_20240501T101500_s32e012_7F',
    day: '20240501T101500',
    tile: 's32e012',
  },
  ordinal: {
    key: 'MOD/2024/122/12/2200/1343/h18v04.hdf',
    granuleId: 'h18v04',
    day: '2024/122',
    tile: '12/2200/1343',
  },
  hive: {
    key: 'year=2024/month=05/day=01/tile=53N_115W/part-1.parquet',
    granuleId: 'part-1',
    day: 'year=2024/month=05/day=01',
    tile: '53N_115W',
  },
  timeless: {
    key: 'dem/Copernicus_N00_00_E006_00_DEM/Copernicus_N00_00_E006_00_DEM.tif',
    granuleId: 'Copernicus_N00_00_E006_00_DEM',
    day: 'none',
    tile: 'N00_00_E006_00',
  },
  noEnding: {
    key: 'orbits/2024-05-01/N53W115/wave-17',
    granuleId: 'wave-17',
    day: '2024-05-01',
    tile: 'N53W115',
  },
  root: {
    key: 'granule-20240501-N53W115.txt',
    granuleId: 'granule-20240501-N53W115',
    day: '20240501',
    tile: 'N53W115',
  },
};

/** An author's pattern has other text than a derived one. */
export function ownPattern({ shape = '', footprint, python }: Combination): string {
  const { key, granuleId, day, tile } = SHAPES[shape] ?? {
    key: '',
    granuleId: '',
    day: '',
    tile: '',
  };
  const groups: Readonly<Record<string, string>> = {
    '2024/05/01': '(?<year>\\d+)/(?<month>\\d+)/(?<day>\\d+)',
    '2024/5/1': '(?<year>\\d+)/(?<month>\\d+)/(?<day>\\d+)',
    '2024-05-01': '(?<year>\\d+)-(?<month>\\d+)-(?<day>\\d+)',
    '20240501': '(?<year>\\d{4})(?<month>\\d\\d)(?<day>\\d\\d)',
    '20240501T101500':
      '(?<year>\\d{4})(?<month>\\d\\d)(?<day>\\d\\d)T(?<hour>\\d\\d)(?<minute>\\d\\d)(?<second>\\d\\d)',
    '2024/122': '(?<year>\\d+)/(?<ordinal>\\d+)',
    'year=2024/month=05/day=01': 'year=(?<year>\\d+)/month=(?<month>\\d+)/day=(?<day>\\d+)',
    N53W115: '(?<latitude>[NS]\\d\\d)(?<longitude>[EW]\\d+)',
    N53_00_W115_00: '(?<latitude>[NS]\\d\\d)_00_(?<longitude>[EW]\\d+)_00',
    N00_00_E006_00: '(?<latitude>[NS]\\d\\d)_00_(?<longitude>[EW]\\d+)_00',
    s32e012: '(?<latitude>[ns]\\d\\d)(?<longitude>[ew]\\d+)',
    '53N_115W': '(?<latitude>\\d\\d[NS])_(?<longitude>\\d+[EW])',
    '12-2200-1343': '(?<zoom>\\d+)-(?<column>\\d+)-(?<row>\\d+)',
    '12/2200/1343': '(?<zoom>\\d+)/(?<column>\\d+)/(?<row>\\d+)',
  };
  const isGrid = footprint === 'grid' && python === 'none';
  const id = key.indexOf(granuleId);
  const inner = (text: string): string => {
    let found = text.replace(/[.]/g, '\\.');
    if (day !== 'none') found = found.replace(day, () => groups[day] ?? '');
    return isGrid ? found.replace(tile, () => groups[tile] ?? '') : found;
  };
  const [before, after] = [key.slice(0, id), key.slice(id + granuleId.length)];
  return `^${inner(before)}(?<id>${inner(granuleId)})${after.replace(/[.]/g, '\\.')}`;
}
