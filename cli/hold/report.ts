import type { Hold } from '../../lambdas/hold/hold-row.js';
import { holdText } from '../shared/hold-text.js';
import type { HoldResult } from './action.js';

/** A sentence about one pipeline. */
export function resultText(one: HoldResult): string {
  const { pipeline } = one;
  switch (one.result) {
    case 'held':
      return (
        `${pipeline}: consumption is held ${holdText(one.hold)}. Messages wait, for 7 days at most; ` +
        `to go on: npm run release -- ${pipeline}`
      );
    case 'unchanged':
      return `${pipeline}: consumption was held already, ${holdText(one.hold)}`;
    case 'released':
      return `${pipeline}: consumption is on again${wasText(one.hold)}`;
    case 'not held':
      return `${pipeline}: consumption is not held`;
    case 'not deployed':
    case 'failed':
      return `${pipeline}: ${one.error}`;
  }
}

function wasText(hold: Hold | undefined): string {
  return hold === undefined ? '; it was off without a hold' : `; it was held ${holdText(hold)}`;
}

/** The output of --json. */
export function resultJson(results: readonly HoldResult[]): string {
  return JSON.stringify({ pipelines: results }, undefined, 2);
}

/** 1 if a pipeline failed, or none is deployed. */
export function exitCodeOf(results: readonly HoldResult[]): 0 | 1 {
  const isDeployed = results.some(({ result }) => result !== 'not deployed');
  return !isDeployed || results.some(({ result }) => result === 'failed') ? 1 : 0;
}
