import type { Allowance } from '../../constructs/policy.js';

/** How a description names the form of statements. */
export const STATEMENTS = 'as the variable statements of pipeline-function takes it';

/** Stands where a construct expects one of its functions, and only notes what the function has to be allowed. */
export class StatementList {
  private readonly allowances: Allowance[] = [];

  constructor(readonly name: string) {}

  allow(allowance: Allowance): void {
    this.allowances.push(allowance);
  }

  get statements(): readonly Required<Allowance>[] {
    return this.allowances.map((allowance) => ({ conditions: [], ...allowance }));
  }
}
