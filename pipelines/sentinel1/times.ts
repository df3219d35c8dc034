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

/** Reads when the granule was acquired. Throws GranuleError if a time is missing or not valid, or the stop is before the start. */
export function itemTimes(manifest: Manifest): ItemTimes {
  const start = time(manifest, 'safe:startTime');
  const stop = time(manifest, 'safe:stopTime');
  if (stop < start) {
    const problem = `is before the start time ${formatUtc(start)}`;
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
  throw fieldFault(manifest, field, 'is not a UTC time of the form YYYY-MM-DDTHH:MM:SS.ffffff');
}

const PRODUCTION_STEP = 'GRD Post Processing';

/** Finds when the product was made, with its decimals as written; undefined if the manifest does not have that step. */
export function tryFindProcessingTime(manifest: Manifest): string | undefined {
  const element = manifest.processings.find((step) => step.attribute('name') === PRODUCTION_STEP);
  const stop = element?.attribute('stop')?.trim();
  if (element === undefined || stop === undefined) return undefined;
  parseTime(manifest, { element, text: stop });
  return stop.endsWith('Z') ? stop : `${stop}Z`;
}
