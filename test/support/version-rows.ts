import {
  ConditionalCheckFailedException,
  type AttributeValue,
  type DynamoDBClient,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';

type Row = Record<string, AttributeValue>;

/** A table in memory that carries out UpdateItem: SET and REMOVE, under conditions of AND, OR, comparisons and existence. */
export function versionRows() {
  const rows = new Map<string, Row>();
  const update = (input: UpdateItemCommandInput): void => {
    const key = input.Key?.['pk']?.S ?? '';
    const row: Row = { ...rows.get(key) };
    const values = input.ExpressionAttributeValues ?? {};
    if (!holds(input.ConditionExpression ?? '', row, values)) {
      const Item = rows.get(key);
      throw new ConditionalCheckFailedException({
        message: 'The conditional request failed',
        $metadata: {},
        ...(input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && Item && { Item }),
      });
    }
    for (const [, clause = '', body = ''] of (input.UpdateExpression ?? '').matchAll(
      /(SET|REMOVE) (.*?)(?= SET | REMOVE |$)/g,
    )) {
      for (const part of body.split(', ')) {
        const [name = '', value = ''] = part.split(' = ');
        const given = values[value];
        if (clause === 'REMOVE') Reflect.deleteProperty(row, name);
        else if (given !== undefined) row[name] = given;
      }
    }
    rows.set(key, row);
  };
  const send = (command: { readonly input: unknown }) =>
    new Promise((done) => {
      update(command.input as UpdateItemCommandInput);
      done({});
    });
  return { rows, client: { send } as unknown as Pick<DynamoDBClient, 'send'> };
}

/** Evaluates a condition. DynamoDB compares texts by their bytes, and nothing with what does not exist. */
function holds(expression: string, row: Row, values: Row): boolean {
  const term = /attribute_not_exists\((\w+)\)|(\w+) (<=|<|=) (:\w+)/g;
  const script = expression.replace(term, (...[, absent, name, operator, value]: string[]) => {
    if (absent !== undefined) return String(row[absent] === undefined);
    const [one, other] = [row[name ?? ''], values[value ?? '']];
    if (one === undefined || other === undefined) return 'false';
    const order =
      one.N === undefined
        ? Buffer.compare(Buffer.from(one.S ?? ''), Buffer.from(other.S ?? ''))
        : Number(one.N) - Number(other.N);
    return String(operator === '<' ? order < 0 : operator === '<=' ? order <= 0 : order === 0);
  });
  return isTrue(script);
}

/** Evaluates `true`, `false`, AND, OR and parentheses, innermost first. */
function isTrue(script: string): boolean {
  const inner = /\(([^()]*)\)/;
  const group = inner.exec(script)?.[1];
  if (group !== undefined) return isTrue(script.replace(inner, () => String(isTrue(group))));
  return script
    .split(' OR ')
    .some((all) => all.split(' AND ').every((one) => one.trim() === 'true'));
}
