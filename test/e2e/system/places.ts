import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '..', '..', '..');

/** Ignored by Git: holds the installed packages and a folder for each run. */
export const OWN_FOLDER = join(ROOT, '.e2e');
export const CACHE = join(OWN_FOLDER, 'cache');
export const RUNS = join(OWN_FOLDER, 'runs');

/** Region and account of the stacks; the topic that they subscribe to is in another region. */
export const REGION = 'us-west-2';
export const ACCOUNT = '123456789012';
export const TOPIC_REGION = 'eu-central-1';
export const PROJECT = 'e2e';
/** Bucket for Terraform state. Its name does not begin with PROJECT, because it outlives the stacks. */
export const STATE_BUCKET = 'state-of-e2e';
