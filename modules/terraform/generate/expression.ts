/** Converts a value of Terraform's JSON syntax to an HCL expression. Throws if there is no expression for it. */
export function expressionOf(value: unknown): string {
  if (typeof value === 'string') return textExpression(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value === null) return 'null';
  if (Array.isArray(value)) return `[${value.map(expressionOf).join(', ')}]`;
  if (typeof value !== 'object') throw new Error(`no expression for ${typeof value}`);
  const entries = Object.entries(value).map(([key, inner]) => `${key} = ${expressionOf(inner)}`);
  return `{ ${entries.join(', ')} }`;
}

function textExpression(text: string): string {
  const whole = /^\$\{(.*)\}$/s.exec(text)?.[1];
  if (whole !== undefined && !whole.includes('${')) return whole;
  // JSON.stringify would escape the quotes of an expression inside a text.
  if (/\$\{[^}]*"/.test(text))
    throw new Error(`cannot write an expression with quotes inside a text: ${text}`);
  return JSON.stringify(text);
}

/** Joins conditions with &&. */
export function allOf(conditions: readonly string[]): string {
  return conditions.length === 1
    ? (conditions[0] ?? 'true')
    : conditions.map((condition) => `(${condition})`).join(' && ');
}
