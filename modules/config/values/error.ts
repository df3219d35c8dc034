/** Thrown when a configuration (a config.yaml, PROJECT) cannot be used. It contains every problem, not only the first. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  /** One line per problem, as users read it. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[], options?: ErrorOptions) {
    super(problems.join('\n'), options);
    this.problems = problems;
  }
}

/** Collects the problems of several readings, so that all of them are reported at once, and each once. */
export class ConfigProblems {
  private readonly lines = new Set<string>();

  get found(): boolean {
    return this.lines.size > 0;
  }

  /** Returns what `read` returns; if it throws a ConfigError, keeps the problems and returns undefined. */
  collect<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      this.add(error.problems);
      return undefined;
    }
  }

  /** Adds problems that were found in another way. */
  add(problems: readonly string[]): void {
    for (const problem of problems) this.lines.add(problem);
  }

  /** Returns an error with all problems found. */
  error(): ConfigError {
    return new ConfigError([...this.lines]);
  }
}

/** Something wrong within a value. */
export interface FieldFault {
  /** Keys and indexes from the value of the field to what is wrong. */
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Thrown when a value is not valid for its field. The caller adds the field and the position. */
export class FieldError extends Error {
  override readonly name = 'FieldError';
  readonly faults: readonly FieldFault[];

  constructor(message: string | readonly FieldFault[]) {
    const faults = typeof message === 'string' ? [{ path: [], message }] : message;
    super(faults.map((fault) => fault.message).join('\n'));
    this.faults = faults;
  }
}
