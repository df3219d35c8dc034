import { describe, expect, test } from '@jest/globals';
import { boundariesOf } from '../../../modules/deployer/boundaries.js';
import { fullDeployerPolicy } from '../../../modules/deployer/policy.js';

const [A, B] = ['a', 'b'].map((name) => `arn:aws:iam::123456789012:policy/${name}`);

function pipelines(...boundaries: readonly (string | undefined)[]) {
  return boundaries.map((permissions_boundary_arn, index) => ({
    id: `p${index}`,
    ...(permissions_boundary_arn !== undefined && { permissions_boundary_arn }),
  }));
}

describe('the boundaries of pipelines', () => {
  test.each([
    ['no pipeline has one', [undefined, undefined], {}],
    ['all have the same', [A, A], { permissionsBoundaries: [A] }],
    ['they differ', [B, A, B], { permissionsBoundaries: [A, B] }],
  ])('are those that every role has one of: %s', (_, given, expected) => {
    expect(boundariesOf(pipelines(...given))).toEqual(expected);
  });

  test('are none if a pipeline has none, which a note says with its name', () => {
    expect(boundariesOf(pipelines(A, undefined, B, undefined))).toEqual({
      note: expect.stringMatching(
        /^The policy demands no permissions boundary .* have none: p1, p3\. Set permissions_boundary_arn /,
      ),
    });
  });

  test('that differ are all values of the condition, which any one of them meets', () => {
    const { Statement } = fullDeployerPolicy({
      partition: 'aws',
      account: '1',
      project: 'p',
      stateBucket: 's',
      topics: [],
      ...boundariesOf(pipelines(A, B)),
    });

    expect(Statement.filter(({ Action }) => Action?.includes('iam:CreateRole'))).toMatchObject([
      { Condition: { StringEquals: { 'iam:PermissionsBoundary': [A, B] } } },
    ]);
  });
});
