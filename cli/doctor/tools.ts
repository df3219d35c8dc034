import { tryParseJson } from '../../lambdas/runtime/json.js';
import { TERRAFORM_VERSION } from '../../modules/config/providers.js';
import { runChild } from '../shared/child.js';
import { errorText } from '../shared/deployed-pipeline.js';
import { checkPipelineCode } from '../shared/pipeline-code.js';
import { fine, wrong, type Check } from './check.js';

/** What the pipeline's files export. Its config is valid, or there would be nothing to check. */
export const code: Check = {
  name: 'configuration',
  needsCredentials: false,
  run: async ({ pipeline }) => {
    try {
      await checkPipelineCode(pipeline);
      return fine(`${pipeline.folder} is valid`);
    } catch (error) {
      return wrong(
        errorText(error),
        `npm run check-config -- ${pipeline.id} shows all that is wrong`,
      );
    }
  },
};

/** Terraform in the version that the stacks require. */
export const terraform: Check = {
  name: 'Terraform',
  needsCredentials: false,
  run: async ({ env }) => {
    const program = env['TERRAFORM_BINARY_NAME'] ?? 'terraform';
    const {
      code: exit,
      stdout,
      stderr,
    } = await runChild(program, ['version', '-json'], { cwd: '.' });
    if (exit !== 0)
      return wrong(
        `${program} cannot be run: ${stderr.trim().split('\n')[0] ?? ''}`,
        `install Terraform ${TERRAFORM_VERSION}`,
      );
    const { terraform_version: version } = Object(tryParseJson(stdout)) as Readonly<
      Record<string, unknown>
    >;
    const [major = 0, minor = 0] = String(version).split('.').map(Number);
    const [neededMajor = 0, neededMinor = 0] = TERRAFORM_VERSION.replace(/[^\d.]/g, '')
      .split('.')
      .map(Number);
    const isEnough = major > neededMajor || (major === neededMajor && minor >= neededMinor);
    return isEnough
      ? fine(`version ${String(version)}`)
      : wrong(`version ${String(version)} is too old`, `install Terraform ${TERRAFORM_VERSION}`);
  },
};
