import { UsageError } from './usage-error.js';

/** Parses the value of an option; throws UsageError for anything but a whole number from `least`. */
export function wholeNumber(option: string, least: number): (value: string) => number {
  return (value) => {
    const number = /^\d{1,9}$/.test(value) ? Number(value) : NaN;
    if (number >= least) return number;
    throw new UsageError(
      `${option} takes a whole number from ${least} (given ${JSON.stringify(value)})`,
    );
  };
}
