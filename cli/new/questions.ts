import type { Question } from './answers.js';
import { DATASET_QUESTIONS } from './questions/dataset.js';
import { FOOTPRINT_QUESTIONS } from './questions/footprint.js';
import { GRANULE_QUESTIONS } from './questions/granule.js';
import { PYTHON_QUESTIONS } from './questions/python.js';
import { SOURCE_QUESTIONS } from './questions/source.js';

/** Everything that the command wants to know, in the order in which it asks. A default may depend on earlier answers. */
export const QUESTIONS: readonly Question[] = [
  ...GRANULE_QUESTIONS,
  ...PYTHON_QUESTIONS,
  ...FOOTPRINT_QUESTIONS,
  ...SOURCE_QUESTIONS,
  ...DATASET_QUESTIONS,
];
