import { errorText } from '../shared/deployed-pipeline.js';

/** A part of the status, or the error of its request. */
export type Part<T> = { readonly value: T } | { readonly error: string };

/** Waits for a part; never rejects. */
export async function part<T>(ask: () => Promise<T>): Promise<Part<T>> {
  try {
    return { value: await ask() };
  } catch (error) {
    return { error: errorText(error) };
  }
}

/** The value of a part; undefined if there is no part or no value. */
export function valueOf<T>(one: Part<T> | undefined): T | undefined {
  return one !== undefined && 'value' in one ? one.value : undefined;
}
