import { describe } from '@jest/globals';
import { findTerraform, type Terraform } from './terraform.js';

const terraform = await findTerraform();

/** Declares tests that need Terraform, and skips them if it is missing. */
export const suite = terraform === undefined ? describe.skip : describe;

/** Returns Terraform to the tests of such a suite. */
export function found(): Terraform {
  if (terraform === undefined) throw new Error('skipped without Terraform');
  return terraform;
}
