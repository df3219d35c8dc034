/** Thrown when a configuration (a config.yaml, PROJECT) cannot be used; carries every problem, not the first. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  /** One line each, fit for a person's eyes. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[], options?: ErrorOptions) {
    super(problems.join('\n'), options);
    this.problems = problems;
  }
}

/** Gathers the problems of several readings, so that a person meets them all at once. */
export class ConfigProblems {
  private readonly lines: string[] = [];

  get found(): boolean {
    return this.lines.length > 0;
  }

  /** What `read` gives; undefined where it throws a ConfigError, whose problems are kept. */
  collect<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      this.lines.push(...error.problems);
      return undefined;
    }
  }

  error(): ConfigError {
    return new ConfigError(this.lines);
  }
}

/** Thrown when one value cannot be what its field needs; whoever reads the file adds the field and the position. */
export class FieldError extends Error {
  override readonly name = 'FieldError';
}
