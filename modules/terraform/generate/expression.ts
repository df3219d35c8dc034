/** A value of Terraform's JSON syntax as an expression of its own language. Throws for what it cannot write. */
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
  // The quotes of an expression in a text would be escaped with those of the text.
  if (/\$\{[^}]*"/.test(text)) throw new Error(`an expression with quotes in a text: ${text}`);
  return JSON.stringify(text);
}

export function allOf(conditions: readonly string[]): string {
  return conditions.length === 1
    ? (conditions[0] ?? 'true')
    : conditions.map((condition) => `(${condition})`).join(' && ');
}
