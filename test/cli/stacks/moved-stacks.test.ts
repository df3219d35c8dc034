import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { compareDeployed, movedStacks } from '../../../cli/stacks/moved-stacks.js';
import { stateOf } from '../../../cli/stacks/states.js';
import { readProject } from '../../../modules/config/project.js';
import { AWS, logGroup, stateText, type FixtureResource } from '../../support/cli/state-fixture.js';
import { yamlOf } from '../../support/stacks/config-folder.js';
import { projectFolder } from '../../support/stacks/project-folder.js';

const LOGS = logGroup('/aws/lambda/demo-waves-app', 'us-west-2');

/** What is said of the stack waves, which was deployed in us-west-2, with an environment. */
async function movedWith(environment: string, ...resources: readonly FixtureResource[]) {
  const root = projectFolder({
    pipelines: { waves: yamlOf({}) },
    environments: { 'demo.yaml': environment },
  });
  writeFileSync(join(root, 'demo-waves.tfstate'), stateText(...resources));
  const project = readProject({ root, env: { PROJECT: 'demo', LOCAL_STATE: '1' } });
  const found = await movedStacks(project, { root, ids: ['waves'] });
  return found.map((sentence) => sentence.replaceAll(`${root}/`, ''));
}

test('a stack whose environment has another region is named, with the line', async () => {
  const [sentence, ...others] = await movedWith('memory_mb: 512\nregion: eu-west-1\n', LOGS);

  expect(sentence).toMatch(
    /^waves is deployed in us-west-2, but its region is now eu-west-1 \(environments\/demo\.yaml:2\)\. A stack cannot move: .*run "npm run destroy -- waves"/,
  );
  expect(others).toEqual([]);
});

test('the region of a secret counts where no other is given', async () => {
  const secret = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:ingestor-AbCdEf';

  expect(await movedWith(`secret_arn: ${secret}\n`, LOGS)).toEqual([
    expect.stringContaining('(that of secret_arn, environments/demo.yaml:1)'),
  ]);
});

test.each([
  ['is where its config says', 'memory_mb: 512\n', [LOGS]],
  ['is not deployed', 'region: eu-west-1\n', []],
  [
    'has only its topic elsewhere',
    'memory_mb: 512\n',
    [LOGS, logGroup('/letters', 'af-south-1', { provider: `${AWS}.topic` })],
  ],
])('a stack that %s is not named', async (_, environment, resources) => {
  expect(await movedWith(environment, ...resources)).toEqual([]);
});

test('a state is read once before cdktf runs, although it is asked for the region and the topic', async () => {
  const root = projectFolder({ pipelines: { waves: yamlOf({}) } });
  const project = readProject({ root, env: { PROJECT: 'demo', LOCAL_STATE: '1' } });
  const read: string[] = [];
  const states = {
    read: (id: string) => {
      read.push(id);
      return Promise.resolve(stateOf(stateText(LOGS), id));
    },
  };

  await compareDeployed(project, { root, ids: ['waves'], states, verb: 'deploy' });

  expect(read).toEqual(['waves']);
});
