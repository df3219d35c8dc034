import { describe, expect, test } from '@jest/globals';
import { checkCondition } from '../../../lambdas/inventory/condition.js';

describe('checkCondition', () => {
  test.each([
    `key LIKE '%/IW/%'`,
    `size > 100 AND last_modified_date >= timestamp '2024-01-01 00:00:00'`,
    `key IN ('a;b', 'it''s -- no comment', '/* nor this */')`,
    `(key = 'select' OR "key" = ')')`,
    `CASE WHEN size > 1 THEN true ELSE false END`,
    `ordering = 'a'`,
  ])('accepts %s', (condition) => {
    expect(() => {
      checkCondition(condition);
    }).not.toThrow();
  });

  test.each([
    ['', 'it is empty'],
    ['  ', 'it is empty'],
    ['true; DROP TABLE objects', 'it has a semicolon'],
    ['true -- and no more', 'it has a comment (--)'],
    ['true /* and', 'it has a comment (/*)'],
    [`key = 'a`, `a ' is not closed`],
    [`"key = 'a'`, `a " is not closed`],
    [`key = 'a') OR (true`, 'it closes a parenthesis that it does not open'],
    [`(key = 'a'`, 'it does not close a parenthesis'],
    ['key IN (SELECT 1)', 'it has the word SELECT'],
    ['true Union all', 'it has the word Union'],
    ['true ORDER BY key', 'it has the word ORDER'],
    ['true limit 5', 'it has the word limit'],
  ])('refuses %j, and names it', (condition, fault) => {
    expect(() => {
      checkCondition(condition);
    }).toThrow(`${fault} (given ${JSON.stringify(condition)})`);
  });
});
