import { describe, expect, test } from '@jest/globals';
import { processorsOf, whyNoLock, whyNoWheel } from '../../../cli/python/wheels.js';
import { PYTHON, pipelineFolder, yamlOf } from '../../support/stacks/config-folder.js';

const NO = 'No solution found when resolving dependencies';

describe('the reason why packages cannot be locked', () => {
  test('is the proof of uv without its title', () => {
    const proof = 'Because you require a==1 and a==2, we can conclude that it is impossible.';

    expect(whyNoLock(`${NO} cause: ${proof}`)).toBe(proof);
    expect(whyNoLock(`${NO}: ${proof}`)).toBe(proof);
    expect(
      whyNoLock(`${NO} for split (markers: python_full_version >= '3.14') cause: ${proof}`),
    ).toBe(proof);
  });

  test.each([
    ['Because gdal>=3.4.0 has no usable wheels and all versions of a depend on gdal', 'gdal'],
    ['Because all versions of py-grib have no usable wheels and you require py-grib', 'py-grib'],
  ])('%s: names what has no wheel first', (proof, name) => {
    expect(whyNoLock(`${NO} cause: ${proof}`)).toBe(
      `${name} has no wheel, and nothing is built from source: use another package or version. ${proof}`,
    );
  });

  test('is not a missing wheel if this only leads to a conflict', () => {
    const proof = 'Because a>=2 depends on b>=3 and a==1 has no usable wheels, b<3 is impossible.';

    expect(whyNoLock(`${NO} cause: ${proof}`)).toBe(proof);
  });
});

describe('the processors of a lock', () => {
  test('are both, or the one that config.yaml names', () => {
    const of = (architecture?: string) =>
      processorsOf(
        pipelineFolder(yamlOf(Object.assign({}, PYTHON, architecture && { architecture }))),
      );

    expect([of(), of('arm64'), of('x86_64')]).toEqual([
      ['x86_64', 'arm64'],
      ['x86_64', 'arm64'],
      ['x86_64'],
    ]);
  });

  test('need a wheel of each package', () => {
    const why = (name: 'arm64' | 'x86_64', reason: string) =>
      whyNoWheel(`${NO} cause: ${reason}`, { name, requirements: 'requirements.in' });

    expect(why('arm64', 'Because rasterio==1.3.9 has no usable wheels and you require it')).toBe(
      'rasterio has no wheel for Linux on arm64: allow a version in requirements.in that has one, or set architecture: x86_64 in config.yaml',
    );
    expect(
      why('x86_64', 'Because pywin32>=303 has no wheels with a matching platform tag (e.g., `a`)'),
    ).toBe(
      'pywin32 has no wheel for Linux on x86_64: allow a version in requirements.in that has one, or exclude it on Linux by a marker',
    );
    expect(why('x86_64', 'the index is down')).toBe(
      'requirements.in cannot be locked for Linux on x86_64: the index is down',
    );
  });
});
