import type { ModuleStack } from './stack.js';
import type { Presence } from './presence.js';
import type { Variables } from '../variables/variable.js';

/** A module for HCL: its constructs and its variables. */
export interface TerraformModule {
  readonly name: string;
  /** One paragraph that says what the module creates. */
  readonly summary: string;
  readonly variables: Variables;
  /** Aliases of the AWS provider that the caller passes in, each with its purpose. @default none */
  readonly providers?: Readonly<Record<string, string>>;
  /** The HCL of a root module that calls this module; MODULE stands for its source. */
  readonly example: string;
  /** What only exists under a condition. @default everything always exists */
  readonly presence?: Presence;
  /** Adds the constructs to the stack. */
  readonly build: (stack: ModuleStack) => void;
}
