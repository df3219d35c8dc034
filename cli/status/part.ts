import { errorText } from '../shared/deployed-pipeline.js';

/** A part of the status, or the error of its request. */
export type Part<T> = { readonly value: T } | FailedPart;

interface FailedPart {
  readonly error: string;
  /** Present if AWS says that there is no such resource. */
  readonly isMissing?: true;
}

/** Waits for a part; never rejects. */
export async function part<T>(ask: () => Promise<T>): Promise<Part<T>> {
  try {
    return { value: await ask() };
  } catch (error) {
    return failedPart(error);
  }
}

export function failedPart(error: unknown): FailedPart {
  const isMissing = error instanceof Error && 'isMissing' in error && error.isMissing === true;
  return { error: errorText(error), ...(isMissing && { isMissing }) };
}

/** The value of a part; undefined if there is no part or no value. */
export function valueOf<T>(one: Part<T> | undefined): T | undefined {
  return one !== undefined && 'value' in one ? one.value : undefined;
}

/** Whether AWS says that there is no such resource. */
export function isMissing(one: Part<unknown>): boolean {
  return 'error' in one && one.isMissing === true;
}
