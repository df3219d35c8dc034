import {
  fieldFault,
  findField,
  type Field,
  type FieldName,
  type Manifest,
} from './read/manifest.js';
import { formatUtc, midpoint, tryParseUtc, type Microseconds } from './read/utc-time.js';

export interface ItemTimes {
  readonly start_datetime: string;
  readonly end_datetime: string;
  /** The middle of the acquisition. */
  readonly datetime: string;
}

/** When the granule was taken. Throws GranuleError where a time is missing or none, or stop is before start. */
export function itemTimes(manifest: Manifest): ItemTimes {
  const start = time(manifest, 'safe:startTime');
  const stop = time(manifest, 'safe:stopTime');
  if (stop < start) {
    const problem = `is before the start, ${formatUtc(start)}`;
    throw fieldFault(manifest, findField(manifest, 'safe:stopTime'), problem);
  }
  return {
    start_datetime: formatUtc(start),
    end_datetime: formatUtc(stop),
    datetime: formatUtc(midpoint(start, stop)),
  };
}

function time(manifest: Manifest, name: FieldName): Microseconds {
  return parseTime(manifest, findField(manifest, name));
}

function parseTime(manifest: Manifest, field: Field): Microseconds {
  const parsed = tryParseUtc(field.text);
  if (parsed !== undefined) return parsed;
  throw fieldFault(manifest, field, 'is no time in UTC as YYYY-MM-DDTHH:MM:SS.ffffff');
}

const MAKING_STEP = 'GRD Post Processing';

/** When the product was made, its decimals as they are written; undefined where the manifest does not tell. */
export function tryFindProcessingTime(manifest: Manifest): string | undefined {
  const element = manifest.processings.find((step) => step.attribute('name') === MAKING_STEP);
  const stop = element?.attribute('stop')?.trim();
  if (element === undefined || stop === undefined) return undefined;
  parseTime(manifest, { element, text: stop });
  return stop.endsWith('Z') ? stop : `${stop}Z`;
}
