/** Modules for plain Terraform, in the order in which the README names them; free of cdktf, for cli/. */
export const MODULE_NAMES = [
  'granule-queue',
  'pipeline-function',
  'inventory',
  'run-on-deploy',
  'alarms',
  'pipeline',
] as const;

/** Where they are written, relative to the project. */
export const MODULES_FOLDER = 'terraform-modules';
