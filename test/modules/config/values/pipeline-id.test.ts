import { expect, test } from '@jest/globals';
import { parsePipelineId } from '../../../../modules/config/values/pipeline-id.js';

test.each(['a', 'sentinel1', 'cop_dem_30', `a${'b'.repeat(39)}`])('%s is a valid id', (id) => {
  expect(parsePipelineId(id)).toBe(id);
});

test.each([
  '',
  'Sentinel1',
  '1sentinel',
  '_a',
  'a-b',
  'a.b',
  'a/b',
  '..',
  `a${'b'.repeat(40)}`,
  'é',
  'a\n',
])('"%s" is refused', (id) => {
  expect(() => parsePipelineId(id)).toThrow(
    'must be a lowercase letter, then up to 39 lowercase letters, digits or _',
  );
});

test.each(['bootstrap', 'images', 'github_oidc'])(
  '%s is reserved for a stack of the project',
  (id) => {
    expect(() => parsePipelineId(id)).toThrow('must not be one of bootstrap, images, github_oidc');
  },
);
