import type { ModuleStack } from './stack.js';
import type { Presence } from './presence.js';
import type { Variables } from '../variables/variable.js';

/** A module for plain Terraform: which constructs it holds, and what they are given. */
export interface PlainModule {
  readonly name: string;
  /** One paragraph: what the module makes. */
  readonly summary: string;
  readonly variables: Variables;
  /** Aliases of the AWS provider that the caller passes in, with what for. @default none */
  readonly providers?: Readonly<Record<string, string>>;
  /** HCL of a root that calls the module; MODULE stands for its source. */
  readonly example: string;
  /** What is there under a condition only. @default everything always is */
  readonly presence?: Presence;
  /** Puts the constructs into the stack. */
  readonly build: (stack: ModuleStack) => void;
}
