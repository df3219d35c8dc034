import { expect, test } from '@jest/globals';
import { hintFor } from '../../../cli/python/hints.js';

test.each([
  ["ModuleNotFoundError: No module named 'pkg_resources'", 'setuptools<81'],
  ["ModuleNotFoundError: No module named 'requests'", 'requests'],
  ["x.nc: ModuleNotFoundError: No module named 'yaml.loader'", 'pyyaml'],
  ["ModuleNotFoundError: No module named 'planetary_computer'", 'planetary-computer'],
  ['proj:transform is an Affine, which is not JSON', 'affine<3'],
  ["ValueError: did not find a match in any of xarray's currently installed IO backends", 'h5py'],
])('%s: the line to add is %s', (error, line) => {
  expect(hintFor(error, 'pipelines/waves/requirements.in')).toMatch(
    new RegExp(
      `^add the line ${line} to pipelines/waves/requirements.in, since .*, and run it again$`,
    ),
  );
});

test('there is no advice for other errors', () => {
  expect(hintFor('ValueError: not a date', 'requirements.in')).toBeUndefined();
});
