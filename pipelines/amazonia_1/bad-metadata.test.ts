import { describe, expect, test } from '@jest/globals';
import { testScene, type SceneName } from '../../test/support/amazonia1/scene.js';
import { createItem } from './item.js';

/** Returns the error of a scene after an edit, which must be permanent and name the file. */
async function faultOf(name: SceneName, from: RegExp | string, to: string): Promise<string> {
  const scene = testScene(name, (xml) => xml.replace(from, to));
  const error: unknown = await createItem(scene).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({ name: 'GranuleError', kind: 'permanent' });
  const { message } = error as Error;
  expect(message.startsWith(scene.href)).toBe(true);
  return message.slice(scene.href.length);
}

describe('a missing element is an error with its path', () => {
  test.each([
    'satellite/name',
    'image/path',
    'image/row',
    'image/level',
    'viewing/center',
    'image/sunPosition/elevation',
    'image/imageData/LR/latitude',
    'image/attitudes/attitude/roll',
    'image/ephemerides/ephemeris/vz',
    'image/projectionName',
    'image/originLongitude',
  ])('%s', async (path) => {
    const last = path.split('/').at(-1) ?? '';
    const inside = path.includes('LR') ? '<imageData>[^]*<LR>[^]*?' : '';
    const pattern = new RegExp(`(${inside})<${last}>.*?</${last}>`);

    expect(await faultOf('left', pattern, '$1')).toBe(`: <${path}> is missing`);
  });

  test('availableBands/band', async () => {
    expect(await faultOf('left', /<availableBands>[^]*<.availableBands>/, '')).toBe(
      ': <availableBands/band> is missing',
    );
  });

  test('the right camera', async () => {
    expect(await faultOf('both', /<rightCamera>[^]*<.rightCamera>/, '')).toBe(
      ': <rightCamera/image/imageData/LR/longitude> is missing',
    );
  });
});

describe('a wrong value is an error with its place and the value', () => {
  test.each([
    ['<name>AMAZONIA', '<name>CBERS', "<name> must be AMAZONIA (given 'CBERS')"],
    ['<number>1', '<number>2', "<number> must be 1 (given '2')"],
    ['>WFI<', '>MUX<', "<instrument> must be WFI (given 'MUX')"],
    ['<path>40', '<path>4O', "<path> must be a whole number from 0 to 999 (given '4O')"],
    ['<row>18', '<row>-18', "<row> must be a whole number from 0 to 999 (given '-18')"],
    ['<level>4', '<level>..', "<level> must be a level such as 4 (given '..')"],
    ['<center>2023-02-12T', '<center>12/02/2023 ', '<center> must be a time such as'],
    ['<elevation>55', '<elevation>n/a', "<elevation> must be a number (given 'n/a.9031')"],
    ['<vz>-6958', '<vz>', "<vz> must be a number (given '.113604.113604')"],
    ['>UTM<', '>LCC<', "<projectionName> must be UTM (given 'LCC')"],
    [
      '>-63<',
      '>-62<',
      "<originLongitude> must be the central meridian of a UTM zone (given '-62')",
    ],
    [
      '>-63<',
      '>-183<',
      "<originLongitude> must be the central meridian of a UTM zone (given '-183')",
    ],
    ['<band>3', '<band>7', "<band> must be one of 1, 2, 3, 4 (given '7')"],
    ['<level>4', '<level> ', '<level> is empty'],
  ])('%s as %s', async (from, to, expected) => {
    const edit = from === '<vz>-6958' ? '<vz>.113604' : to;

    expect(await faultOf('left', from, edit)).toMatch(
      new RegExp(`^:\\d+:\\d+: ${expected.replace(/[()/.]/g, '\\$&')}`),
    );
  });

  test('a corner out of range', async () => {
    const pattern = /(<imageData>[^]*?<latitude>)-13.793701/;

    expect(await faultOf('left', pattern, '$1-93.79')).toMatch(
      /^:\d+:\d+: <longitude> has a point out of range: longitude -64.598402, latitude -93.79/,
    );
  });
});

describe('a file that is not the metadata of a scene is an error that says so', () => {
  test.each([
    [/[^]*/, '<html><body>Not here</body></html>', /HTML/i],
    [
      /[^]*/,
      '<prdf/>',
      /^: the root element must be <prdf> of the namespace http.* \(given <prdf>\)/,
    ],
    [/[^]*/, '{"a": 1}', /is not well-formed XML/],
    [/<.prdf>/, '', /is not well-formed XML/],
    [/[^]*/, '', /./],
  ])('%s as %j', async (from, to, expected) => {
    expect(await faultOf('left', from, to)).toMatch(expected);
  });

  test('bytes that are not text', async () => {
    const scene = testScene('left');
    const { source } = scene;
    const read = () => Promise.resolve(Uint8Array.of(0xc3, 0x28));

    await expect(createItem({ ...scene, source: { ...source, read } })).rejects.toMatchObject({
      name: 'GranuleError',
      message: `${scene.href}: is not a text file: TypeError: the bytes are not valid utf-8`,
    });
  });
});
