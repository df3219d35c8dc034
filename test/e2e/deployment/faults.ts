/** What the proxy in front of the ingestor does to a POST instead of forwarding it. */
export interface Fault {
  /** Of POSTs whose body or path holds this. */
  readonly match: string;
  readonly status: number;
  readonly body: unknown;
  /** Undefined: until it is taken away. */
  readonly times?: number;
}

export interface LoggedPost {
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly path: string;
  /** The Item's or Collection's id. */
  readonly id: string;
  readonly status: number;
  readonly faked: boolean;
  /** Until the answer was through. */
  readonly milliseconds: number;
}

export interface GateState {
  readonly faults: readonly Fault[];
  /** Whether the token of each earlier POST is refused from now on. */
  readonly refuseKnownTokens?: boolean;
  /** Whether connections to PostgreSQL are let through. */
  readonly postgres: boolean;
}

export const ALL_WELL: GateState = { faults: [], postgres: true };
