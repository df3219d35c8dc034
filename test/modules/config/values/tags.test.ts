import { describe, expect, test } from '@jest/globals';
import { parseTags } from '../../../../modules/config/values/tags.js';

describe('parseTags', () => {
  test('accepts letters of any script, digits, blanks and a few signs', () => {
    const tags = { Owner: 'Søren Ærø', 'cost-centre/1': 'a_b.c:d=e+f-g@h', empty: '' };

    expect(parseTags(tags)).toBe(tags);
  });

  test.each([
    [{ Project: 'x' }, 'may not set the tag Project: the stack does'],
    [{ pipeline: 'x' }, 'may not set the tag Pipeline: the stack does'],
    [{ managedby: 'x' }, 'may not set the tag ManagedBy: the stack does'],
    [{ 'aws:owner': 'x' }, 'may not set the tag "aws:owner": aws: belongs to AWS'],
    [{ 'AWS:owner': 'x' }, 'may not set the tag "AWS:owner": aws: belongs to AWS'],
    [{ '': 'x' }, 'has the key ""'],
    [{ 'a,b': 'x' }, 'has the key "a,b"'],
    [{ ['k'.repeat(129)]: 'x' }, 'has the key "kkk'],
    [{ a: 'x;y' }, 'has a bad value for a'],
    [{ a: 'v'.repeat(257) }, 'has a bad value for a'],
    [{ Owner: 'x', owner: 'y' }, 'has the tag "owner" twice: case does not tell tags apart'],
  ])('refuses %j', (tags, message) => {
    expect(() => parseTags(tags as Record<string, string>)).toThrow(message);
  });

  test('leaves three of 50 to the stack', () => {
    const tags = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`tag${index}`, 'x']));

    expect(() => parseTags(tags(47))).not.toThrow();
    expect(() => parseTags(tags(48))).toThrow('may have 47 tags at most, not 48');
  });
});
