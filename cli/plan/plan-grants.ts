import type { Statement } from './statement.js';

/** What `statements` say beyond `others`, each cut down to the actions and resources that are new. */
export function difference(
  statements: readonly Statement[],
  others: readonly Statement[],
): Statement[] {
  const rest = others.filter((other) => !statements.some((statement) => isSame(statement, other)));
  const granted = new Set(rest.flatMap(grantsOf).map(({ key }) => key));
  return statements
    .filter((statement) => !others.some((other) => isSame(statement, other)))
    .flatMap((statement) => beyond(statement, granted));
}

/** ARNs that are not known yet can't be compared: then the name of the statement and all else decide. */
function isSame(one: Statement, other: Statement): boolean {
  const parts = ({ effect, actions, principals }: Statement) => text(effect, actions, principals);
  if (parts(one) !== parts(other)) return false;
  const rest = ({ resources, conditions }: Statement) => text(resources, conditions);
  if (rest(one) === rest(other)) return true;
  return (!one.isKnown || !other.isKnown) && one.sid !== undefined && one.sid === other.sid;
}

interface Grant {
  readonly action: string;
  /** Empty in a trust policy. */
  readonly resource: string;
  readonly key: string;
}

function grantsOf({ effect, actions, resources, principals, conditions }: Statement): Grant[] {
  return actions.flatMap((action) =>
    (resources.length === 0 ? [''] : resources).map((resource) => ({
      action,
      resource,
      key: text(effect, principals, conditions, action, resource),
    })),
  );
}

/** Actions that are new for the same resources stay together. */
function beyond(statement: Statement, granted: ReadonlySet<string>): Statement[] {
  const fresh = grantsOf(statement).filter(({ key }) => !granted.has(key));
  const groups = new Map<string, { actions: string[]; resources: string[] }>();
  for (const wanted of new Set(fresh.map(({ action }) => action))) {
    const resources = fresh.filter(({ action }) => action === wanted).map((one) => one.resource);
    const group = groups.get(text(resources)) ?? { actions: [], resources };
    group.actions.push(wanted);
    groups.set(text(resources), group);
  }
  return [...groups.values()].map(({ actions, resources }) => ({
    ...statement,
    actions,
    resources: resources.filter((resource) => resource !== ''),
  }));
}

function text(...parts: readonly unknown[]): string {
  return JSON.stringify(parts);
}
