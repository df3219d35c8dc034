import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { failedChecks } from '../../../cli/plan/json.js';
import { functionServices } from '../../support/function-services/server.js';
import { fn } from './module-calls.js';
import { writeRoot } from './module-root.js';
import type { Outcome } from './terraform.js';
import { found, suite } from './terraform-suite.js';

const TIMEOUT_MS = 240_000;
const NAME = 'demo-app';
const ADDRESS = 'module.app.aws_lambda_function.function';
const MESSAGE =
  `Old code: the function ${NAME} does not run the code that Terraform recorded. The upload failed in an earlier ` +
  'apply, or the code was changed outside Terraform. Replace the function with terraform apply ' +
  "-replace='module.NAME.aws_lambda_function.function', where NAME is the name of the module block.";

/** The real provider, and an API that refuses one upload. Each test continues where the one before it ended. */
suite('a function whose new code Lambda refuses', () => {
  let services: Awaited<ReturnType<typeof functionServices>>;
  let root: string;

  beforeAll(async () => {
    services = await functionServices();
    root = writeRoot({ app: fn({ name: NAME }) });
    const { url } = services;
    const endpoints = { lambda: url, iam: url, logs: url };
    const override = { provider: { aws: { endpoints } } };
    writeFileSync(join(root, 'zz_override.tf.json'), JSON.stringify(override));
    await found().run(root, 'init', '-input=false');
  }, TIMEOUT_MS);

  afterAll(() => services.close());

  function terraform(...words: readonly string[]): Promise<Outcome> {
    return found().try(root, ...words);
  }

  function apply(...words: readonly string[]): Promise<Outcome> {
    return terraform('apply', '-input=false', '-auto-approve', ...words);
  }

  /** Changes the code; returns its hash. */
  function writeCode(text: string): string {
    writeFileSync(join(root, 'code', 'app.zip'), text);
    return createHash('sha256').update(text).digest('base64');
  }

  test(
    'is created and changed without a word about its code',
    async () => {
      const outcomes: Outcome[] = [];
      for (const text of ['first', 'second']) {
        const hash = writeCode(text);
        outcomes.push(await apply());
        expect(services.codeOf(NAME)).toBe(hash);
      }

      for (const { code, output } of outcomes) {
        expect({ code, output }).toMatchObject({ code: 0 });
        expect(output).not.toContain('Old code');
        expect(output).not.toContain('Warning');
      }
    },
    TIMEOUT_MS,
  );

  test(
    'fails that apply, and the next plan says what happened and what to do',
    async () => {
      const hash = services.codeOf(NAME);
      writeCode('third');
      services.refuseOnce('UpdateFunctionCode');

      const refused = await apply();
      const planned = await terraform('plan', '-input=false', '-out=failed.tfplan');
      const json = await found().run(root, 'show', '-json', 'failed.tfplan');

      expect(refused.code).toBe(1);
      expect(refused.output).toContain('UpdateFunctionCode');
      expect(planned.code).toBe(1);
      expect(planned.output).toContain('Resource postcondition failed');
      expect(failedChecks(json)).toEqual([MESSAGE]);
      expect(services.codeOf(NAME)).toBe(hash);
    },
    TIMEOUT_MS,
  );

  test(
    'fails the apply also if the function has another change, since that does not upload the code',
    async () => {
      const override = { module: { app: { timeout_seconds: 90 } } };
      writeFileSync(join(root, 'zzz_override.tf.json'), JSON.stringify(override));

      const { code, output } = await apply();

      expect(code).toBe(1);
      expect(output).toContain('Old code');
      expect(services.calls).toContain('UpdateFunctionConfiguration');
    },
    TIMEOUT_MS,
  );

  test(
    'runs the new code once it is replaced, and the plan is empty',
    async () => {
      const { code, output } = await apply(`-replace=${ADDRESS}`);
      const planned = await terraform('plan', '-input=false', '-detailed-exitcode');

      expect({ code, output }).toMatchObject({ code: 0 });
      expect(services.codeOf(NAME)).toBe(createHash('sha256').update('third').digest('base64'));
      expect(planned).toMatchObject({ code: 0 });
    },
    TIMEOUT_MS,
  );

  test(
    'is destroyed also while it has old code',
    async () => {
      writeCode('fourth');
      services.refuseOnce('UpdateFunctionCode');
      expect(await apply()).toMatchObject({ code: 1 });

      const { code, output } = await terraform('destroy', '-input=false', '-auto-approve');

      expect({ code, output }).toMatchObject({ code: 0 });
      expect(services.codeOf(NAME)).toBeUndefined();
    },
    TIMEOUT_MS,
  );
});
