import { describe, expect, test } from '@jest/globals';
import { runCli } from '../../../support/cli/run-cli.js';

// Needs pipelines/sentinel1.

const LOCAL = { LOCAL_STATE: '1' };

describe('npm run deploy', () => {
  test('lists the pipelines if the given one is unknown', async () => {
    const { code, stderr } = await runCli('cdktf', ['deploy', 'sentinel9'], { env: LOCAL });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^deploy: unknown pipeline "sentinel9" \(known: .*sentinel1/m);
  });

  test('reports a bad project once, before cdktf starts', async () => {
    const { code, stdout, stderr } = await runCli('cdktf', ['deploy'], {
      env: { PROJECT: 'Demo', ...LOCAL },
    });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr.match(/PROJECT must be/g)).toHaveLength(1);
  });

  test('says how to configure the state', async () => {
    const { code, stderr } = await runCli('cdktf', ['deploy', 'sentinel1']);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^STATE_BUCKET and STATE_REGION not set: .*npm run bootstrap.*LOCAL_STATE=1/,
    );
  });
});

describe('the stacks of BOOTSTRAP=1', () => {
  test.each(['github_oidc', 'bootstrap'])('need it: %s', async (name) => {
    const { code, stderr } = await runCli('cdktf', ['deploy', name], { env: LOCAL });
    expect(code).toBe(2);
    expect(stderr).toContain(
      `: the stack ${name} exists only with BOOTSTRAP=1: use BOOTSTRAP=1 npm run deploy -- ${name}. `,
    );
  });

  test('are listed if it is set and the name is that of a pipeline', async () => {
    const env = { BOOTSTRAP: '1', STATE_BUCKET: 'demo-states', STATE_REGION: 'eu-central-1' };
    const { code, stderr } = await runCli('cdktf', ['diff', 'sentinel1'], { env });
    expect(code).toBe(2);
    expect(stderr).toContain(
      'diff: unknown stack "sentinel1" (known with BOOTSTRAP=1: bootstrap, images, github_oidc); ',
    );
  });
});

describe('npm run bootstrap', () => {
  test('requires the name of the bucket', async () => {
    const { code, stderr } = await runCli('cdktf', ['deploy', 'bootstrap'], {
      env: { BOOTSTRAP: '1' },
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^STATE_BUCKET and STATE_REGION not set/);
  });
});

describe('npm run synth', () => {
  test('reports a bad project once, and cdktf writes nothing', async () => {
    const { code, stdout, stderr } = await runCli('cdktf', ['synth'], {
      env: { PROJECT: 'Demo', ...LOCAL },
    });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr.match(/PROJECT must be/g)).toHaveLength(1);
  });

  test('lists the pipelines if the given one is unknown', async () => {
    const { code, stderr } = await runCli('cdktf', ['synth', 'sentinel9'], { env: LOCAL });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^synth: unknown pipeline "sentinel9"/m);
  });
});
