import { QueryError } from '../runtime/errors.js';

const TOKEN = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--|\/\*|\*\/|[A-Za-z_]\w*|\s+|[\s\S]/g;
/** Words that would begin a query or another statement, or add a clause to the query around the condition. */
const FORBIDDEN =
  'select with union intersect except insert update delete create drop alter copy attach pragma order group having limit offset window';
const FORBIDDEN_WORDS = new Set(FORBIDDEN.split(' '));

/**
 * Checks that a text is one SQL condition which can be put between parentheses: strings and parentheses are closed, and it
 * has no semicolon, no comment and no query of its own. Whether its columns and functions exist is known to the engine
 * alone. Throws a permanent QueryError that names the fault and the text.
 *
 * @example
 * checkCondition(`key LIKE '%/2024/%' AND size > 0`);
 */
export function checkCondition(condition: string): void {
  const fault = faultOf(condition);
  if (fault === undefined) return;
  throw new QueryError(
    `a condition must be one SQL condition on columns of the inventory, such as "key LIKE 'a/%'": ${fault} (given ${JSON.stringify(condition)})`,
    { kind: 'permanent' },
  );
}

function faultOf(condition: string): string | undefined {
  if (condition.trim() === '') return 'it is empty';
  let depth = 0;
  for (const [token] of condition.matchAll(TOKEN)) {
    const fault = tokenFault(token);
    if (fault !== undefined) return fault;
    if (token === '(') depth += 1;
    if (token === ')') depth -= 1;
    if (depth < 0) return 'it closes a parenthesis that it does not open';
  }
  return depth === 0 ? undefined : 'it does not close a parenthesis';
}

function tokenFault(token: string): string | undefined {
  if (token === "'" || token === '"') return `a ${token} is not closed`;
  if (token === ';') return 'it has a semicolon';
  if (token === '--' || token === '/*' || token === '*/') return `it has a comment (${token})`;
  if (token === '\0') return 'it has a null character';
  return FORBIDDEN_WORDS.has(token.toLowerCase()) ? `it has the word ${token}` : undefined;
}
