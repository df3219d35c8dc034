import { Fn, Op, Token } from 'cdktf';

/**
 * Arithmetic for constructs that get numbers from a config or references from a module for plain Terraform: numbers
 * give a number, a reference gives the Terraform expression. JavaScript's own operators would give silent garbage.
 */
export function plus(one: number, other: number): number {
  return isKnown(one, other) ? one + other : Token.asNumber(Op.add(one, other));
}

export function times(one: number, other: number): number {
  return isKnown(one, other) ? one * other : Token.asNumber(Op.mul(one, other));
}

export function smaller(one: number, other: number): number {
  return isKnown(one, other) ? Math.min(one, other) : Token.asNumber(Fn.min([one, other]));
}

export function bigger(one: number, other: number): number {
  return isKnown(one, other) ? Math.max(one, other) : Token.asNumber(Fn.max([one, other]));
}

function isKnown(...numbers: readonly number[]): boolean {
  return !numbers.some((number) => Token.isUnresolved(number));
}
