import { Token } from 'cdktf';

/**
 * Text of a config as Terraform has to read it: it would take `${` and `%{` for the beginning of an expression.
 * For text that people wrote: a reference, which a module for plain Terraform has in its place, stays one.
 */
export function terraformText(text: string): string {
  return Token.isUnresolved(text) ? text : text.replace(/[$%](?=\{)/g, (mark) => mark + mark);
}
