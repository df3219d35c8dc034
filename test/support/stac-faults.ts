import { ValidationError } from '../../lambdas/runtime/errors.js';
import type { Collection, Item } from '../../lambdas/stac/stac.js';
import { validateCollection, validateItem } from '../../lambdas/stac/validate.js';

/** Validates an Item, or what has the type of a Collection as one, and returns the faults; none if it is valid. */
export function faultsOf(object: Item | Collection): readonly string[] {
  try {
    if (object.type === 'Collection') validateCollection(object);
    else validateItem(object);
    return [];
  } catch (error) {
    if (error instanceof ValidationError) return error.faults;
    throw error;
  }
}
