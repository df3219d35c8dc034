import { expect, test } from '@jest/globals';
import { mustCall, reasonIn } from '../../../cli/python/call.js';

const reason = (stderr: string): string => reasonIn({ stdout: '', stderr });

test('the reason of uv is one line without its frames', () => {
  expect(
    reason(`Using Python 3.11.7 environment at: .python/a
  × No solution found when resolving dependencies:
  ╰─▶ Because nothing-like-this was not found in the package registry and you
      require nothing-like-this, we can conclude that your requirements are
      unsatisfiable.
`),
  ).toBe(
    'No solution found when resolving dependencies: Because nothing-like-this was not found in the package registry and you require nothing-like-this, we can conclude that your requirements are unsatisfiable.',
  );
});

test('the reason of pip is what it marks as an error', () => {
  expect(
    reason(`WARNING: Location 'file:///x' is ignored
Collecting six
ERROR: Could not find a version that satisfies the requirement six==9 (from versions: none)
ERROR: No matching distribution found for six==9
[notice] A new release of pip is available
`),
  ).toBe(
    'Could not find a version that satisfies the requirement six==9 (from versions: none) No matching distribution found for six==9',
  );
});

test('a long reason is cut, and none is said', () => {
  expect(reason(`error: ${'x'.repeat(2000)}`)).toHaveLength(805);
  expect(reason('')).toBe('it gave no reason');
});

test('a program that fails is an error of the command with this reason', async () => {
  await expect(
    mustCall(['sh', '-c', 'echo "error: it rains" >&2; exit 2'], 'the picnic cannot begin'),
  ).rejects.toThrow('the picnic cannot begin: it rains');
  await expect(mustCall(['no-such-program'], 'this cannot start')).rejects.toThrow(
    'this cannot start: no-such-program is not on the PATH',
  );
});
