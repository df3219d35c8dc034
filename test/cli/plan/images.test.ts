import { describe, expect, test } from '@jest/globals';
import { planSection } from '../../../cli/plan/section.js';
import { summarizePlan } from '../../../cli/plan/summary.js';
import { planOf } from '../../support/cli/plan-fixtures.js';

const REPOSITORY = '123456789012.dkr.ecr.us-west-2.amazonaws.com/demo-images';
const FUNCTION = { address: 'aws_lambda_function.app', type: 'aws_lambda_function', name: 'app' };

function sectionOf(change: Readonly<Record<string, unknown>>): string {
  const summary = summarizePlan(planOf(change, FUNCTION));
  return planSection({ pipeline: 'waves', summary, text: '' });
}

const image = (tag: string) => ({
  function_name: 'demo-waves-app',
  package_type: 'Image',
  image_uri: `${REPOSITORY}:${tag}`,
  tags: { CodeSha256: tag },
});

describe('the plan of a function with an image', () => {
  test('says which image follows which, and has no row for it', () => {
    const section = sectionOf({ before: image('waves-aaaa'), after: image('waves-bbbb') });

    expect(section).toContain('- app: image changes, `waves-aaaa` → `waves-bbbb`');
    expect(section).not.toContain('| change |');
    expect(section).not.toContain('code changed');
  });

  test('says that a zip becomes an image, and that nothing is lost', () => {
    const zip = { function_name: 'demo-waves-app', package_type: 'Zip', image_uri: '' };
    const section = sectionOf({
      actions: ['delete', 'create'],
      before: zip,
      after: image('waves-bbbb'),
      replace_paths: [['package_type']],
    });

    expect(section).toContain('- app: becomes an image (`waves-bbbb`), for which Lambda needs');
    expect(section).toContain('Nothing is lost');
    expect(section).not.toContain('Data loss');
  });

  test('has no sentence if the image stays', () => {
    const before = image('waves-aaaa');
    const section = sectionOf({ before, after: { ...before, timeout: 60 } });

    expect(section).not.toContain('image');
  });
});
