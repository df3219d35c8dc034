import type { ModuleCall } from './module-root.js';

/** A root module that calls modules, and what must be true of its plan. */
export interface Case {
  readonly calls: Readonly<Record<string, ModuleCall>>;
  /** The number of resources that the plan creates. */
  readonly made: number;
  /** The conditions that hold after an apply against mocks, by what is wrong otherwise. */
  readonly conditions: Readonly<Record<string, string>>;
  /** Whether the case also runs outside CI. */
  readonly chosen?: true;
}
