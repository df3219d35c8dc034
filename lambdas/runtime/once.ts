/**
 * Returns a function that calls `make` on its first call and returns the same value on every call. A Lambda container
 * builds its clients this way: on the first invocation rather than at import, so that a missing environment variable
 * fails that invocation with its name, and tests can import a handler without any environment.
 */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
