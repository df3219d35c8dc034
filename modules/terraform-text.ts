/**
 * Text of a config as Terraform has to read it: it would take `${` and `%{` for the beginning of an expression.
 * Only for text that people wrote: cdktf's own references look the same.
 */
export function terraformText(text: string): string {
  return text.replace(/[$%](?=\{)/g, (mark) => mark + mark);
}
