import { FILTER_OPERATORS } from '../../config/values/filter-operators.js';
import type { Rule } from './variable.js';

const OPERATORS = `[${FILTER_OPERATORS.map((name) => JSON.stringify(name)).join(', ')}]`;

/**
 * The rules of a filter policy in JSON that Terraform's language can express: operators of names at the top, and no
 * names below others for message attributes. A policy that is not a JSON object has a rule of its own.
 *
 * @param policy expression of the JSON
 * @param scope expression of MessageBody or MessageAttributes
 */
export function filterPolicyRules(policy: string, scope: string): readonly Rule[] {
  const used = `flatten([for name, values in jsondecode(${policy}) : try([for value in values : keys(value) if can(keys(value))], []) if name != "$or"])`;
  const isFlat = `alltrue([for values in jsondecode(${policy}) : !can(keys(values))])`;
  return [
    {
      condition: `try(alltrue([for operator in ${used} : contains(${OPERATORS}, operator)]), true)`,
      must: `have only these operators in the filter policy: ${FILTER_OPERATORS.join(', ')}`,
    },
    {
      condition: `${scope} != "MessageAttributes" || try(${isFlat}, true)`,
      must: 'have a filter policy without nested names while its scope is MessageAttributes, because message attributes are not nested',
    },
  ];
}
