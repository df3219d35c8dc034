import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

// The part of GitHub's workflow syntax that our workflows use. Any other key is treated as a misspelling.
// https://docs.github.com/en/actions/writing-workflows/workflow-syntax-for-github-actions

const FOLDER = '.github/workflows';

const Texts = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
const Permissions = z.partialRecord(
  z.enum(['contents', 'id-token', 'pull-requests', 'issues']),
  z.enum(['read', 'write']),
);
const Concurrency = z.strictObject({ group: z.string(), 'cancel-in-progress': z.boolean() });

const Step = z.strictObject({
  name: z.string().optional(),
  id: z.string().optional(),
  if: z.string().optional(),
  uses: z.string().optional(),
  with: Texts.optional(),
  run: z.string().optional(),
  env: Texts.optional(),
});
export type Step = z.infer<typeof Step>;

const Job = z.strictObject({
  'runs-on': z.literal('ubuntu-24.04'),
  'timeout-minutes': z.int().min(1).max(360),
  permissions: Permissions,
  needs: z.union([z.string(), z.array(z.string())]).optional(),
  if: z.string().optional(),
  env: Texts.optional(),
  outputs: Texts.optional(),
  concurrency: Concurrency.optional(),
  environment: z.strictObject({ name: z.string() }).optional(),
  strategy: z
    .strictObject({
      'fail-fast': z.boolean(),
      matrix: z.record(z.string(), z.union([z.string(), z.array(z.number())])),
    })
    .optional(),
  steps: z.array(Step.refine(({ uses, run }) => (uses === undefined) !== (run === undefined))),
});
export type Job = z.infer<typeof Job>;

/** A job that runs another workflow of the repository. */
const Call = z.strictObject({
  uses: z.string().regex(/^\.\/\.github\/workflows\/[\w-]+\.yml$/),
  permissions: Permissions,
  if: z.string().optional(),
});

const Workflow = z.strictObject({
  name: z.string(),
  on: z.union([
    z.string().transform((event) => ({ [event]: null })),
    z.record(z.string(), z.unknown()),
  ]),
  permissions: Permissions,
  concurrency: Concurrency.optional(),
  jobs: z.record(z.string(), z.union([Job, Call])),
});
export type Workflow = Omit<z.infer<typeof Workflow>, 'jobs'> & {
  readonly jobs: Readonly<Record<string, Job>>;
  /** Jobs that run another workflow. */
  readonly calls: Readonly<Record<string, z.infer<typeof Call>>>;
};

export function workflowText(name: string): string {
  return readFileSync(join(FOLDER, `${name}.yml`), 'utf8');
}

/** Parses a workflow. Throws ZodError if it is invalid or has an unknown key. */
export function readWorkflow(name: string): Workflow {
  const { jobs, ...workflow } = Workflow.parse(parse(workflowText(name)));
  const own: Record<string, Job> = {};
  const calls: Record<string, z.infer<typeof Call>> = {};
  for (const [id, job] of Object.entries(jobs)) {
    if ('uses' in job) calls[id] = job;
    else own[id] = job;
  }
  return { ...workflow, jobs: own, calls };
}

export function workflowNames(): string[] {
  return readdirSync(FOLDER).map((file) => file.replace(/\.yml$/, ''));
}
