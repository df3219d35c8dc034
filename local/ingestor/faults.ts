/** One entry of `detail` in a response with status 422, in pydantic's format. */
export interface JsonFault {
  readonly type: string;
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly input?: unknown;
}

type Loc = readonly (string | number)[];

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function missing(loc: Loc): JsonFault {
  return { type: 'missing', loc, msg: 'Field required' };
}

export function valueFault(loc: Loc, msg: string): JsonFault {
  return { type: 'value_error', loc, msg: `Value error, ${msg}` };
}

export function notAnObject(loc: Loc, input: unknown): JsonFault {
  const msg = 'Input should be a valid dictionary or object to extract fields from';
  return { type: 'model_attributes_type', loc, msg, input };
}

/** Checks a required string of at least one character. */
export function textFaults(value: unknown, loc: Loc): JsonFault[] {
  if (value === undefined) return [missing(loc)];
  if (typeof value !== 'string') {
    return [{ type: 'string_type', loc, msg: 'Input should be a valid string', input: value }];
  }
  if (value !== '') return [];
  return [
    { type: 'string_too_short', loc, msg: 'String should have at least 1 character', input: value },
  ];
}
