import type { PolicyStatement } from '../../constructs/policy.js';

/** How a description names the form of statements. */
export const STATEMENTS = 'as the variable statements of pipeline-function takes it';

/** Stands where a construct expects one of its functions, and only notes what the function has to be allowed. */
export class StatementList {
  private readonly allowances: PolicyStatement[] = [];

  constructor(readonly name: string) {}

  allow(allowance: PolicyStatement): void {
    this.allowances.push(allowance);
  }

  get statements(): readonly Required<PolicyStatement>[] {
    return this.allowances.map((allowance) => ({ conditions: [], ...allowance }));
  }
}
