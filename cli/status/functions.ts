import type { FunctionCodes } from '../shared/old-code.js';

/** What needs attention of a pipeline's functions, one sentence each. */
export function functionTexts(pipeline: string, functions: FunctionCodes | undefined): string[] {
  const { old = [], inactive = [] } = functions ?? {};
  return [
    ...old.map(
      ({ name }) =>
        `the function ${name} does not run the code that was deployed last, because its upload failed or the code was ` +
        `changed outside Terraform: npm run deploy -- ${pipeline} replaces the function`,
    ),
    ...inactive.map(
      ({ name, state, reason = 'Lambda gives no reason' }) =>
        `the function ${name} is not active (${state}): ${reason}`,
    ),
  ];
}

/** The functions on one line for the terminal. */
export function functionLine({ functions, old, inactive }: FunctionCodes): string {
  const names = functions.map(({ role }) => {
    const state = inactive.find((one) => one.role === role)?.state;
    const isOld = old.some((one) => one.role === role);
    const notes = [...(isOld ? ['old code'] : []), ...(state === undefined ? [] : [state])];
    return notes.length === 0 ? role : `${role} (${notes.join(', ')})`;
  });
  return `Functions: ${names.join(', ')}`;
}
