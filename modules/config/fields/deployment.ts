import type { Fields } from './field.js';

/** Keys about who deploys a stack. They change nothing in it. */
export const DEPLOYMENT_FIELDS = {
  deploy: {
    kind: 'boolean',
    default: true,
    says: 'whether `plan --all`, `affected` and the workflows that plan, apply and watch for drift include the pipeline',
    note: 'With `false`, it is planned and deployed only by name: `npm run deploy -- <id>`.',
  },
} as const satisfies Fields;
