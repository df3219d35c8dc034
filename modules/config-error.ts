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

/** Thrown when one value cannot be what its field needs; whoever reads the file adds the field and the position. */
export class FieldError extends Error {
  override readonly name = 'FieldError';
}
