/** The names of the modules for HCL, in the order of the README. This file does not import cdktf, so cli/ may use it. */
export const MODULE_NAMES = [
  'granule-queue',
  'pipeline-function',
  'inventory',
  'run-on-deploy',
  'alarms',
  'pipeline',
] as const;

/** The folder of the modules, relative to the project. */
export const MODULES_FOLDER = 'terraform-modules';
