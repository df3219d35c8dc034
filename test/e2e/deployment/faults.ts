/** What the proxy in front of the ingestor does to a POST instead of forwarding it. */
export interface Fault {
  /** Text that the body or path of a POST must contain. */
  readonly match: string;
  readonly status: number;
  readonly body: unknown;
  /** Number of times; undefined means until it is removed. */
  readonly times?: number;
}

export interface LoggedPost {
  /** Time of the request, in milliseconds since the epoch. */
  readonly time: number;
  readonly path: string;
  /** Id of the Item or Collection. */
  readonly id: string;
  readonly status: number;
  readonly faked: boolean;
  /** Milliseconds until the end of the response. */
  readonly milliseconds: number;
}

export interface GateState {
  readonly faults: readonly Fault[];
  /** Whether tokens of earlier POSTs are refused from now on. */
  readonly refuseKnownTokens?: boolean;
  /** Whether the ingestor accepts connections; if not, the proxy in front of it cuts each one. */
  readonly ingestor: boolean;
  /** Whether connections to PostgreSQL are forwarded. */
  readonly postgres: boolean;
}

export const ALL_WELL: GateState = { faults: [], ingestor: true, postgres: true };
