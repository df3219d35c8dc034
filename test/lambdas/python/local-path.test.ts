import { expect, test } from '@jest/globals';
import { pathOfGranule } from '../../../lambdas/python/local-path.js';

test.each([
  ['s3://bucket/2024/06/sst.nc', '2024/06/sst.nc'],
  ['s3://bucket/a//b.nc', 'a/b.nc'],
  ['https://example.com/2024/sst.nc?versionId=1', '2024/sst.nc'],
  ['file:///home/data/sst.nc', 'home/data/sst.nc'],
  ['/home/data/sst.nc', 'home/data/sst.nc'],
  ['s3://bucket/what?/sst.nc', 'what?/sst.nc'],
  ['s3://bucket/../../etc/passwd', '_/_/etc/passwd'],
  ['s3://bucket/./a.nc', '_/a.nc'],
  ['s3://bucket/a b+c%20d.nc', 'a b+c%20d.nc'],
])('%s is downloaded to %s', (href, path) => {
  expect(pathOfGranule('/tmp/in', href)).toBe(`/tmp/in/${path}`);
});
