import { NAME_LIMITS } from '../../config/names.js';
import type { FunctionNames, FunctionRole, PipelineNames } from '../../config/names.js';
import type { ModuleStack } from '../generate/stack.js';

/** The number of hash digits that keep shortened names apart. */
const HASH_LENGTH = 8;

/**
 * The names of modules/config/names.ts as expressions of the variables project, id and secret_arn. A test compares
 * both.
 */
export function nameReferences(stack: ModuleStack): PipelineNames {
  stack.local('owner', '"${var.project}-${var.id}"');
  stack.local('owner-hash', `substr(sha256(local.owner), 0, ${HASH_LENGTH})`);
  const name: NameOf = (subject, limit, kind = '') =>
    stack.local(`name-${subject}${kind}`, hyphenated(subject, limit)).asString;
  return {
    queue: name('granules', NAME_LIMITS.queue),
    deadLetters: name('granules-dead-letters', NAME_LIMITS.queue),
    subscriptionDeadLetters: name('subscription-dead-letters', NAME_LIMITS.queue),
    scheduleDeadLetters: name('schedule-dead-letters', NAME_LIMITS.queue),
    functions: {
      app: functionNames('app', name),
      collection: functionNames('collection', name),
      historic: functionNames('historic', name),
      verify: functionNames('verify', name),
      breaker: functionNames('breaker', name),
    },
    stateTable: name('state', NAME_LIMITS.table),
    resultsBucket: resultsBucket(stack),
    workgroup: name('backfill', NAME_LIMITS.workgroup),
    database: stack.local('name-database', database()).asString,
    inventoryTable: 'objects',
    ...scheduleNames(name),
    dashboard: name('dashboard', NAME_LIMITS.dashboard),
    alarm: (subject) => `\${local.owner}.${subject}`,
  };
}

/** Returns a reference to the name for a subject; `kind` is needed if two kinds of resources have the same subject. */
type NameOf = (subject: string, limit: number, kind?: string) => string;

function functionNames(role: FunctionRole, name: NameOf): FunctionNames {
  const called = name(role, NAME_LIMITS.function);
  return {
    function: called,
    role: called,
    logGroup: `/aws/lambda/${called}`,
    onFailureQueue: name(`${role}-on-failure`, NAME_LIMITS.queue),
  };
}

function scheduleNames(
  name: NameOf,
): Pick<PipelineNames, 'scheduleGroup' | 'scheduleRole' | 'schedules'> {
  const schedule = (subject: string) => name(subject, NAME_LIMITS.schedule, '-schedule');
  return {
    scheduleGroup: schedule('schedules'),
    scheduleRole: name('schedules', NAME_LIMITS.role),
    schedules: {
      historic: schedule('historic'),
      resume: schedule('keeper'),
      verify: schedule('verify'),
      breaker: schedule('breaker'),
    },
  };
}

function hyphenated(subject: string, limit: number): string {
  const whole = `"\${local.owner}-${subject}"`;
  return `length(${whole}) <= ${limit} ? ${whole} : ${cut('local.owner', subject, limit)}`;
}

/** Shortens `owner` so that hash and `end` fit after it; the length of `end` must be known. */
function cut(owner: string, end: string, limit: number): string {
  const kept = limit - `-${'0'.repeat(HASH_LENGTH)}-${end}`.length;
  return `"\${substr(${owner}, 0, ${kept})}-\${local.owner-hash}-${end}"`;
}

const IS_AMBIGUOUS = 'can(regex("--|-$", var.project))';
const ACCOUNT_DIGITS = 12;

function resultsBucket(stack: ModuleStack): string {
  stack.local('account', 'split(":", var.secret_arn)[4]');
  stack.local('bucket-owner', '"${var.project}-${replace(var.id, "_", "--")}"');
  const whole = '"${local.bucket-owner}-results-${local.account}"';
  const kept = NAME_LIMITS.bucket - `-${'0'.repeat(HASH_LENGTH)}-results-`.length - ACCOUNT_DIGITS;
  const short = `"\${substr(local.bucket-owner, 0, ${kept})}-\${local.owner-hash}-results-\${local.account}"`;
  const fits = `length(${whole}) <= ${NAME_LIMITS.bucket} && !${IS_AMBIGUOUS}`;
  return stack.local('name-results-bucket', `${fits} ? ${whole} : ${short}`).asString;
}

function database(): string {
  const name = '"${replace(var.project, "-", "_")}__${var.id}"';
  return `${IS_AMBIGUOUS} ? "\${replace(var.project, "-", "_")}__\${var.id}_\${local.owner-hash}" : ${name}`;
}
