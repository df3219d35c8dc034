import { describe, expect, test } from '@jest/globals';
import { codeVersionIn, withCodeVersion } from '../../../lambdas/granule/code-version.js';
import { validateItem } from '../../../lambdas/stac/validate.js';
import { exampleHandler, exampleItem, sqsRecord } from '../../support/granule.js';

const CODE = { pipeline: 'waves', version: '1.4.0' };
const PROCESSING = 'https://stac-extensions.github.io/processing/v1.2.0/schema.json';
const OTHER = 'https://stac-extensions.github.io/file/v2.1.0/schema.json';

function itemWith(software: unknown, extensions?: string[]) {
  const item = exampleItem('a', { collection: 'example' });
  const properties = { ...item.properties, 'processing:software': software };
  return {
    ...item,
    ...(software !== undefined && { properties }),
    ...(extensions && { stac_extensions: extensions }),
  };
}

describe('withCodeVersion', () => {
  test('adds the version and the extension', () => {
    const item = itemWith(undefined, [OTHER]);

    const posted = withCodeVersion(item, CODE);

    expect(posted).toEqual({
      ...item,
      stac_extensions: [OTHER, PROCESSING],
      properties: { ...item.properties, 'processing:software': { 'waves-pipeline': '1.4.0' } },
    });
    expect(() => {
      validateItem(posted);
    }).not.toThrow();
    expect(item.stac_extensions).toEqual([OTHER]);
  });

  test('keeps the software that the Item names, and replaces an earlier version of the pipeline', () => {
    const posted = withCodeVersion(
      itemWith({ 'S1 IPF': '003.71', 'waves-pipeline': '1.3.0' }),
      CODE,
    );

    expect(posted.properties['processing:software']).toEqual({
      'S1 IPF': '003.71',
      'waves-pipeline': '1.4.0',
    });
  });

  test.each(['v1.0.0', 'v1.1.0', 'v1.2.0'])('lists the extension once: %s', (version) => {
    const listed = [`https://stac-extensions.github.io/processing/${version}/schema.json`];

    expect(withCodeVersion(itemWith(undefined, listed), CODE).stac_extensions).toEqual(listed);
  });

  test.each([[['a list']], ['text'], [7]])('leaves %j as it is', (software) => {
    const item = itemWith(software);

    expect(withCodeVersion(item, CODE)).toBe(item);
  });

  test('changes nothing without a version', () => {
    const item = itemWith(undefined);

    expect(withCodeVersion(item, undefined)).toBe(item);
  });
});

describe('codeVersionIn', () => {
  test.each([
    [{ 'S1 IPF': '003.71', 'waves-pipeline': '1.4.0' }, '1.4.0'],
    [{ 'other-pipeline': '1.4.0' }, undefined],
    [{ 'waves-pipeline': 7 }, undefined],
    [undefined, undefined],
    [null, undefined],
    [['waves-pipeline'], undefined],
  ])('reads %j as %j', (software, version) => {
    expect(codeVersionIn(software, 'waves')).toBe(version);
  });
});

describe('the granule handler', () => {
  const softwareOf = async (codeVersion: typeof CODE | undefined) => {
    const { run, posted } = exampleHandler({}, { codeVersion });
    await run([sqsRecord({ name: 'a' })]);
    return posted.map(({ properties }) => properties['processing:software']);
  };

  test('posts Items with the version of its code', async () => {
    expect(await softwareOf(CODE)).toEqual([{ 'waves-pipeline': '1.4.0' }]);
  });

  test('posts Items as they are without one', async () => {
    expect(await softwareOf(undefined)).toEqual([undefined]);
  });
});
