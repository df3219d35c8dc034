import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ConfigError } from '../../../modules/config/values/error.js';
import { parseProject, pipelineNames } from '../../../modules/config/names.js';
import type { PipelineNames } from '../../../modules/config/names.js';
import { KINDS } from '../../support/stacks/name-kinds.js';

const ACCOUNT = '123456789012';
const LONG_PROJECT = 'a'.repeat(20);

function namesOf(project: string, pipeline: string): PipelineNames {
  return pipelineNames({ project, pipeline, account: ACCOUNT });
}

const anyProject = fc
  .stringMatching(/^[a-z][a-z0-9-]{0,19}$/)
  .filter((project) => !/^(xn--|sthree-|amzn-s3-demo-)/.test(`${project}-`));
const anyPipeline = fc.stringMatching(/^[a-z][a-z0-9_]{0,39}$/);
/** Uses few characters, so that random names are close to each other. */
const closeProject = fc.stringMatching(/^a[a-]{0,5}$/);
const closePipeline = fc.stringMatching(/^a[a_]{0,5}$/);

describe('pipelineNames', () => {
  test('are readable', () => {
    const { alarm, ...names } = namesOf('stac', 'cop_dem_30');

    expect(alarm('dead-letters')).toBe('stac-cop_dem_30.dead-letters');
    expect(names).toEqual({
      queue: 'stac-cop_dem_30-granules',
      deadLetters: 'stac-cop_dem_30-granules-dead-letters',
      subscriptionDeadLetters: 'stac-cop_dem_30-subscription-dead-letters',
      scheduleDeadLetters: 'stac-cop_dem_30-schedule-dead-letters',
      functions: {
        app: functionNames('app'),
        collection: functionNames('collection'),
        historic: functionNames('historic'),
        verify: functionNames('verify'),
        breaker: functionNames('breaker'),
      },
      stateTable: 'stac-cop_dem_30-state',
      resultsBucket: 'stac-cop--dem--30-results-123456789012',
      workgroup: 'stac-cop_dem_30-backfill',
      database: 'stac__cop_dem_30',
      inventoryTable: 'objects',
      scheduleGroup: 'stac-cop_dem_30-schedules',
      scheduleRole: 'stac-cop_dem_30-schedules',
      schedules: {
        historic: 'stac-cop_dem_30-historic',
        resume: 'stac-cop_dem_30-keeper',
        verify: 'stac-cop_dem_30-verify',
        breaker: 'stac-cop_dem_30-breaker',
      },
      dashboard: 'stac-cop_dem_30-dashboard',
    });
  });

  function functionNames(role: string) {
    return {
      function: `stac-cop_dem_30-${role}`,
      role: `stac-cop_dem_30-${role}`,
      logGroup: `/aws/lambda/stac-cop_dem_30-${role}`,
      onFailureQueue: `stac-cop_dem_30-${role}-on-failure`,
    };
  }

  test('are cut if they are too long, and get a stable hash before their readable end', () => {
    const names = namesOf(LONG_PROJECT, 'b'.repeat(40));

    expect(names.functions.collection.function).toBe(
      `${LONG_PROJECT}-${'b'.repeat(23)}-88c71060-collection`,
    );
    expect(names.resultsBucket).toBe(
      `${LONG_PROJECT}-${'b'.repeat(12)}-88c71060-results-123456789012`,
    );
    expect(names.queue).toBe(`${LONG_PROJECT}-${'b'.repeat(40)}-granules`);
  });

  test('[F17] follow the rule of their kind', () => {
    fc.assert(
      fc.property(anyProject, anyPipeline, (project, pipeline) => {
        const names = namesOf(project, pipeline);
        for (const { pattern, of } of Object.values(KINDS)) {
          expect(of(names).filter((name) => !pattern.test(name))).toEqual([]);
        }
      }),
    );
  });

  test('[F17] of one kind differ within a pipeline', () => {
    const names = namesOf(LONG_PROJECT, 'b'.repeat(40));

    for (const { of } of Object.values(KINDS))
      expect(new Set(of(names)).size).toBe(of(names).length);
  });

  test('[F17] ids that differ only at the end of 40 characters never collide', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.stringMatching(/^[a-z0-9_]{1,2}$/), { minLength: 2 }),
        (ends) => {
          const ids = ends.map((end) => `${'b'.repeat(40 - end.length)}${end}`);
          expectApart([...new Set(ids)].map((id) => namesOf(LONG_PROJECT, id)));
        },
      ),
    );
  });

  test('[F17] a_b and a-b never collide, as pipelines or across two projects', () => {
    expectApart([namesOf('p', 'a_b'), namesOf('p', 'a-b')]);
    expectApart([namesOf('p', 'a_b'), namesOf('p-a', 'b'), namesOf('p-a-', 'b')]);
  });

  test('[F17] no two deployments in an account collide, however close their names are', () => {
    const deployment = fc.tuple(closeProject, closePipeline);
    const deployments = fc.uniqueArray(deployment, {
      selector: (pair) => pair.join('/'),
      minLength: 2,
      maxLength: 8,
    });
    fc.assert(
      fc.property(deployments, (pairs) => {
        expectApart(pairs.map(([project, pipeline]) => namesOf(project, pipeline)));
      }),
      { numRuns: 300 },
    );
  });

  test('are stable, but the bucket depends on the account', () => {
    expect(namesOf('stac', 'waves').resultsBucket).toBe(namesOf('stac', 'waves').resultsBucket);
    expect(namesOf('stac', 'waves').resultsBucket).not.toBe(
      pipelineNames({ project: 'stac', pipeline: 'waves', account: '210987654321' }).resultsBucket,
    );
  });
});

function expectApart(all: readonly PipelineNames[]): void {
  for (const { of } of Object.values(KINDS)) {
    const names = all.flatMap(of);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  }
}

describe('parseProject', () => {
  test.each(['a', 'stac', 'stac-dev-2', LONG_PROJECT])('%s is a project', (value) => {
    expect(parseProject(value)).toBe(value);
  });

  test.each([undefined, ''])('%j is refused with the purpose of PROJECT', (value) => {
    expect(() => parseProject(value)).toThrow(
      new ConfigError([
        'PROJECT is not set: the names of all resources and of the state file start with it, which keeps deployments apart. Set it, for example PROJECT=stac',
      ]),
    );
  });

  test.each(['Stac', '1stac', '-stac', 'st_ac', 'st ac', `${LONG_PROJECT}b`, 'stac\n'])(
    '%j breaks the rule',
    (value) => {
      expect(() => parseProject(value)).toThrow(
        `PROJECT must be a lowercase letter, then up to 19 lowercase letters, digits or hyphens (given ${JSON.stringify(value)}): the names of all`,
      );
    },
  );

  test.each(['xn-', 'xn--a', 'sthree', 'sthree-a', 'amzn-s3-demo'])(
    '%s begins a name that S3 reserves',
    (value) => {
      expect(() => parseProject(value)).toThrow(
        'PROJECT must not start with a prefix that S3 reserves',
      );
    },
  );
});
