/** CloudWatch's form of a metric: namespace, name, dimension, value of the dimension. */
const VALUE_INDEX = 3;
const LIST = '"metrics" = ';

/** A dashboard's body, in Terraform's language, whose lists leave out metrics of what may be absent. */
export function sparseMetrics(expression: string): string {
  const [head = '', ...lists] = expression.split(LIST);
  return lists.reduce((done, text) => {
    const end = endOfList(text);
    const list = text.slice(0, end);
    const sparse = `[for metric in ${list} : metric if metric[${VALUE_INDEX}] != null]`;
    return `${done}${LIST}${list.includes('one(') ? sparse : list}${text.slice(end)}`;
  }, head);
}

function endOfList(text: string): number {
  let depth = 0;
  for (const { 0: bracket, index } of text.matchAll(/[[\]]/g)) {
    depth += bracket === '[' ? 1 : -1;
    if (depth === 0) return index + 1;
  }
  throw new Error(`a list without an end: ${text.slice(0, 80)}`);
}
