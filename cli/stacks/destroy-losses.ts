import { GRADE_TITLES, holdingOf, nameIn, type Grade } from '../shared/holds.js';
import type { Project } from '../../modules/config/project.js';
import { statesOf, type State } from './states.js';

const GRADES: readonly Grade[] = ['data', 'logs', 'remade'];

/** What becomes of the resources of a grade when their stack is destroyed. */
const ENDS: Readonly<Record<Grade, string>> = {
  data: 'are gone for good',
  logs: 'are gone',
  remade: 'come with the next deployment',
};

/** Says what is deleted with the stack of a state, one sentence for each grade. */
export function destroyLosses(id: string, { resources }: State): string[] {
  const held = resources
    .filter(({ mode }) => mode === 'managed')
    .flatMap(({ type, name, instances }) => {
      const holding = holdingOf(type, `${type}.${name}`);
      const names = instances.map(({ attributes }) => nameIn(attributes ?? {}) ?? name);
      return holding === undefined ? [] : names.map((one) => ({ ...holding, name: one }));
    });
  return GRADES.flatMap((grade) => {
    const ofGrade = held.filter((one) => one.grade === grade);
    if (ofGrade.length === 0) return [];
    const whats = [...new Set(ofGrade.map(({ what }) => what))].map((what) => {
      const names = ofGrade.filter((one) => one.what === what).map(({ name }) => name);
      return `${what.replace(/^its /, '')} of ${names.join(', ')}`;
    });
    return [`${id}: ${GRADE_TITLES[grade]}: ${whats.join('; ')} ${ENDS[grade]}`];
  });
}

/** Says it for stacks whose states are not read yet; nothing for a stack without a state. Throws CommandError. */
export async function stackLosses(
  ids: readonly string[],
  { root, project }: { readonly root: string; readonly project: Project },
): Promise<readonly string[]> {
  const states = statesOf(project, root);
  const found = await Promise.all(ids.map(async (id) => ({ id, state: await states.read(id) })));
  return found.flatMap(({ id, state }) => (state === undefined ? [] : destroyLosses(id, state)));
}
