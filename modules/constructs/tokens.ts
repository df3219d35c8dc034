import { Fn, Op, Token } from 'cdktf';

/**
 * Text of a config as Terraform has to read it: it would take `${` and `%{` for the beginning of an expression.
 * For text that people wrote: a reference, which a module for plain Terraform has in its place, stays one.
 */
export function terraformText(text: string): string {
  return Token.isUnresolved(text) ? text : text.replace(/[$%](?=\{)/g, (mark) => mark + mark);
}

/**
 * Arithmetic for constructs that get numbers from a config or references from a module for plain Terraform: numbers
 * give a number, a reference gives the Terraform expression. JavaScript's own operators would give silent garbage.
 */
export function add(one: number, other: number): number {
  return isKnown(one, other) ? one + other : Token.asNumber(Op.add(one, other));
}

export function multiply(one: number, other: number): number {
  return isKnown(one, other) ? one * other : Token.asNumber(Op.mul(one, other));
}

export function min(one: number, other: number): number {
  return isKnown(one, other) ? Math.min(one, other) : Token.asNumber(Fn.min([one, other]));
}

export function max(one: number, other: number): number {
  return isKnown(one, other) ? Math.max(one, other) : Token.asNumber(Fn.max([one, other]));
}

function isKnown(...numbers: readonly number[]): boolean {
  return !numbers.some((number) => Token.isUnresolved(number));
}
