import type { WrittenConfig } from './fields.js';
import type { FieldFault } from './values/error.js';

/** A rule between fields. It is checked only when none of its fields is wrong by itself. */
export interface ConfigRule {
  /** The field that the problem is reported at. */
  readonly field: string;
  readonly with: readonly string[];
  /** Returns what is wrong with the field, or within its value; undefined if nothing is. */
  readonly broken: (config: Partial<WrittenConfig>) => string | readonly FieldFault[] | undefined;
}
