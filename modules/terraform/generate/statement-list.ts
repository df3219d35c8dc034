import type { PolicyStatement } from '../../constructs/policy.js';

/** Describes the shape of statements in descriptions of outputs. */
export const STATEMENTS = 'in the shape of the variable statements of pipeline-function';

/** Takes the place of a function in a construct, and collects the statements that the function needs. */
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
