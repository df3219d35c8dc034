import { expect, test } from '@jest/globals';
import { readFullXml } from '../../../lambdas/xml/full.js';
import type { XmlElement } from '../../../lambdas/xml/element.js';

const HREF = 's3://bucket/a.xml';

test('elements are told in order, each with its parent and the text before its first child', () => {
  const events: string[] = [];
  const text = '<a>1<![CDATA[2]]><b>3</b>4<c/>5</a>';

  readFullXml(
    { href: HREF, text },
    {
      open: ({ name, parent }) => events.push(`+${parent?.name ?? ''}/${name}`),
      close: (element) => events.push(`-${element.name} ${element.text}`),
    },
  );

  expect(events).toEqual(['+/a', '+a/b', '-b 3', '+a/c', '-c ', '-a 12']);
});

test('an element has its attributes of no namespace, and the prefixes that it declares', () => {
  const all: XmlElement[] = [];
  const text = '<p:a b="1" p:c="2" xmlns:p="urn:x" xmlns="urn:y"><d/></p:a>';

  readFullXml({ href: HREF, text }, { open: (element) => all.push(element) });

  const [root, child] = all;
  expect([root?.local, root?.uri, root?.end]).toEqual(['a', 'urn:x', text.indexOf('>') + 1]);
  expect([root?.attribute('b'), root?.attribute('c')]).toEqual(['1', undefined]);
  expect({ ...root?.namespaces }).toEqual({ '': 'urn:y', p: 'urn:x' });
  expect({ ...child?.namespaces }).toEqual({});
});

test('a document is read where nobody asks for its elements', () => {
  expect(() => {
    readFullXml({ href: HREF, text: '<a/>' }, {});
  }).not.toThrow();
  expect(() => {
    readFullXml({ href: HREF, text: '<a>' }, {});
  }).toThrow(`${HREF}:1:3: <a> is not well-formed XML: unclosed tag: a`);
});
