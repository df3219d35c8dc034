import { describe, expect, test } from '@jest/globals';
import { fixtureText } from '../../../test/support/sentinel1/granule.js';
import { findOrbitSource } from './field-values.js';
import { findField, readManifest, tryFindField, type FieldName } from './manifest.js';

const NAMESPACES = [
  'xmlns:safe="http://www.esa.int/safe/sentinel-1.0"',
  'xmlns:s1="http://www.esa.int/safe/sentinel-1.0/sentinel-1"',
].join(' ');

function manifestOf(content: string, namespaces = NAMESPACES) {
  const text = `<x:XFDU xmlns:x="urn:x" ${namespaces}>${content}<dataObjectSection/></x:XFDU>`;
  return readManifest({ href: 'manifest.safe', text });
}

function textOf(content: string, name: FieldName): string | undefined {
  return tryFindField(manifestOf(content), name)?.text;
}

describe('fields', () => {
  test('are the first in the document, at any depth', () => {
    const content = '<a><b><s1:pass>1</s1:pass></b></a><s1:pass>2</s1:pass>';

    expect(textOf(content, 's1:pass')).toBe('1');
  });

  test('are missing if the first one is empty, even if another one follows', () => {
    expect(textOf('<s1:pass> </s1:pass><s1:pass>2</s1:pass>', 's1:pass')).toBeUndefined();
  });

  test('are identified by their namespace', () => {
    expect(textOf('<pass>1</pass><safe:pass>2</safe:pass><s1:pass>3</s1:pass>', 's1:pass')).toBe(
      '3',
    );
  });

  test("may be in the namespaces of the root's own prefixes", () => {
    const manifest = manifestOf('<safe:startTime>1</safe:startTime>', 'xmlns:safe="urn:safe-2"');

    expect(findField(manifest, 'safe:startTime').text).toBe('1');
  });

  test("familyName is the platform's, not the instrument's", () => {
    const instrument =
      '<safe:instrument><safe:familyName>Radar</safe:familyName></safe:instrument>';
    const own = '<safe:familyName>SENTINEL-1</safe:familyName>';

    expect(textOf(`<safe:platform>${instrument}${own}</safe:platform>`, 'safe:familyName')).toBe(
      'SENTINEL-1',
    );
    expect(
      textOf(`<safe:platform>${instrument}</safe:platform>`, 'safe:familyName'),
    ).toBeUndefined();
  });

  test('findField throws an error with the position of an empty one', () => {
    expect(() => findField(manifestOf('\n <s1:pass/>'), 's1:pass')).toThrow(
      'manifest.safe:2:2: <s1:pass> is empty',
    );
  });
});

describe('the orbit source', () => {
  const resource = (
    name: string,
    role: string,
    [tag = 'safe:resource', more = ''] = [] as string[],
  ) => `<${tag} ${more} name="${name}" role="${role}"/>`;

  test.each([
    ['POEORB', resource('a.EOF', 'AUX_POE')],
    ['RESORB', resource('a.EOF', 'AUX_RES')],
    ['PREORB', resource('a.EOF', 'AUX_PRE')],
    ['DOWNLINK', ''],
    ['DOWNLINK', resource('a.SAFE', 'AUX_POE') + resource('a.EOF', 'Orbit')],
    [
      'RESORB',
      resource('a.SAFE', 'AUX_POE') + resource('b.EOF', 'AUX_RES') + resource('c.EOF', 'AUX_POE'),
    ],
    [
      'POEORB',
      '<safe:resource name="a.EOF"/><safe:resource role="AUX_RES"/>' + resource('b.EOF', 'AUX_POE'),
    ],
    [
      'POEORB',
      resource('a.EOF', 'AUX_POE', ['resource', 'xmlns="http://www.esa.int/safe/sentinel-1.0"']),
    ],
    ['DOWNLINK', resource('a.EOF', 'AUX_POE', ['resource'])],
  ])('is %s for %s', (source, content) => {
    expect(findOrbitSource(manifestOf(content))).toBe(source);
  });

  test('with an unknown role is an error', () => {
    expect(() => findOrbitSource(manifestOf(resource('a.EOF', 'AUX_NEW')))).toThrow(
      "given 'AUX_NEW'",
    );
  });
});

describe('files', () => {
  const names = (text: string) =>
    readManifest({ href: 'a', text }).files.map((file) => file.attribute('href'));

  test('are those of the dataObjectSection below the root, in order', () => {
    expect(
      names(fixtureText('single-pol', 'manifest.safe')).map((name) => name?.slice(0, 24)),
    ).toEqual([
      './annotation/s1b-s3-grd-',
      './annotation/calibration',
      './annotation/calibration',
      './measurement/s1b-s3-grd',
      './preview/quick-look.png',
    ]);
  });

  test('are direct children, have an href and no namespace', () => {
    const file = (name: string) =>
      `<dataObject><byteStream><fileLocation href="${name}"/></byteStream></dataObject>`;
    const odd = [
      '<fileLocation href="1"/>',
      '<dataObject><fileLocation href="2"/></dataObject>',
      `<group>${file('3')}</group>`,
      '<dataObject><byteStream><fileLocation/></byteStream></dataObject>',
      `<x:dataObject xmlns:x="urn:x"><byteStream><fileLocation href="4"/></byteStream></x:dataObject>`,
    ];
    const section = `<dataObjectSection>${file('a')}${odd.join('')}${file('b')}</dataObjectSection>`;

    expect(
      names(`<r>${file('0')}${section}<dataObjectSection>${file('5')}</dataObjectSection></r>`),
    ).toEqual(['a', 'b']);
  });
});
