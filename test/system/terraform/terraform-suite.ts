import { describe } from '@jest/globals';
import { findTerraform, type Terraform } from './terraform.js';

const terraform = await findTerraform();

/** Of tests that need Terraform: skipped where it is missing. */
export const suite = terraform === undefined ? describe.skip : describe;

/** For the tests of such a suite. */
export function found(): Terraform {
  if (terraform === undefined) throw new Error('skipped without Terraform');
  return terraform;
}
