import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '..', '..', '..');

/** Kept out of git: what is installed, and a folder for each run. */
export const OWN_FOLDER = join(ROOT, '.e2e');
export const CACHE = join(OWN_FOLDER, 'cache');
export const RUNS = join(OWN_FOLDER, 'runs');

/** Where the stacks go, and where and whose the topic is that they subscribe to. */
export const REGION = 'us-west-2';
export const ACCOUNT = '123456789012';
export const TOPIC_REGION = 'eu-central-1';
export const PROJECT = 'e2e';
/** Of Terraform; not of the project's own names, since it outlives the stacks. */
export const STATE_BUCKET = 'state-of-e2e';
