import { describe, expect, test } from '@jest/globals';
import { parseTags } from '../../../../modules/config/values/tags.js';

describe('parseTags', () => {
  test('accepts letters of any script, digits, spaces and a few signs', () => {
    const tags = { Owner: 'Søren Ærø', 'cost-centre/1': 'a_b.c:d=e+f-g@h', empty: '' };

    expect(parseTags(tags)).toBe(tags);
  });

  test.each([
    [{ Project: 'x' }, 'must not set the tag Project: the stack sets it'],
    [{ pipeline: 'x' }, 'must not set the tag Pipeline: the stack sets it'],
    [{ managedby: 'x' }, 'must not set the tag ManagedBy: the stack sets it'],
    [{ codesha256: 'x' }, 'must not set the tag CodeSha256: the stack sets it'],
    [{ 'aws:owner': 'x' }, 'must not set the tag "aws:owner": the prefix aws: is reserved for AWS'],
    [{ 'AWS:owner': 'x' }, 'must not set the tag "AWS:owner": the prefix aws: is reserved for AWS'],
    [{ '': 'x' }, 'has the invalid tag key ""'],
    [{ 'a,b': 'x' }, 'has the invalid tag key "a,b"'],
    [{ ['k'.repeat(129)]: 'x' }, 'has the invalid tag key "kkk'],
    [{ a: 'x;y' }, 'has an invalid value for the tag a'],
    [{ a: 'v'.repeat(257) }, 'has an invalid value for the tag a'],
    [{ Owner: 'x', owner: 'y' }, 'has the tag "owner" twice: tag keys are not case-sensitive'],
  ])('refuses %j', (tags, message) => {
    expect(() => parseTags(tags as Record<string, string>)).toThrow(message);
  });

  test('leaves four of the 50 tags to the stack', () => {
    const tags = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`tag${index}`, 'x']));

    expect(() => parseTags(tags(46))).not.toThrow();
    expect(() => parseTags(tags(47))).toThrow('may have at most 46 tags, not 47');
  });
});
