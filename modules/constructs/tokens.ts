import { Fn, Op, Token } from 'cdktf';

/**
 * Escapes `${` and `%{` in text of a config, which Terraform would treat as the start of an expression. A reference,
 * which a Terraform module has in place of the text, is returned unchanged.
 */
export function terraformText(text: string): string {
  return Token.isUnresolved(text) ? text : text.replace(/[$%](?=\{)/g, (mark) => mark + mark);
}

/**
 * Adds two numbers, or returns the Terraform expression that adds them if one is a reference. Constructs get numbers
 * from a config, and references from a Terraform module; JavaScript's operators would add cdktf's placeholders.
 */
export function add(one: number, other: number): number {
  return isKnown(one, other) ? one + other : Token.asNumber(Op.add(one, other));
}

/** Multiplies two numbers, or returns the Terraform expression. */
export function multiply(one: number, other: number): number {
  return isKnown(one, other) ? one * other : Token.asNumber(Op.mul(one, other));
}

/** Returns the smaller number, or the Terraform expression. */
export function min(one: number, other: number): number {
  return isKnown(one, other) ? Math.min(one, other) : Token.asNumber(Fn.min([one, other]));
}

/** Returns the larger number, or the Terraform expression. */
export function max(one: number, other: number): number {
  return isKnown(one, other) ? Math.max(one, other) : Token.asNumber(Fn.max([one, other]));
}

function isKnown(...numbers: readonly number[]): boolean {
  return !numbers.some((number) => Token.isUnresolved(number));
}
