import {
  isObject,
  type JsonFault,
  missing,
  notAnObject,
  textFaults,
  valueFault,
} from './faults.js';

/** Returns the faults that the real ingestor reports for a Collection; none for a valid Collection. */
export function collectionFaults(body: unknown): JsonFault[] {
  if (!isObject(body)) return [notAnObject(['body'], body)];
  return [
    ...['id', 'description', 'license'].flatMap((key) => textFaults(body[key], ['body', key])),
    ...['links', 'item_assets'].flatMap((key) => (key in body ? [] : [missing(['body', key])])),
    ...extentFaults(body['extent']),
  ];
}

function extentFaults(extent: unknown): JsonFault[] {
  const loc = ['body', 'extent'];
  if (extent === undefined) return [missing(loc)];
  if (!isObject(extent)) return [notAnObject(loc, extent)];
  const temporal = extent['temporal'];
  if (!isObject(temporal) || !Array.isArray(temporal['interval'])) {
    return [missing([...loc, 'temporal', 'interval'])];
  }
  return temporal['interval'].flatMap((interval: unknown, index) => {
    const at = [...loc, 'temporal', 'interval', index];
    return endsBeforeStart(interval)
      ? [valueFault(at, '`Start` time is older than `End` time')]
      : [];
  });
}

function endsBeforeStart(interval: unknown): boolean {
  if (!Array.isArray(interval)) return true;
  const [start, end] = interval as unknown[];
  return (
    typeof start === 'string' && typeof end === 'string' && Date.parse(end) < Date.parse(start)
  );
}
