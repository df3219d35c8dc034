import { GetFunctionCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { awsClients } from '../shared/aws-clients.js';
import { CommandError } from '../shared/command.js';
import { accessFault, type DeployedPipeline } from '../shared/deployed-pipeline.js';
import { isOlder } from './versions.js';

interface Around {
  /** The version of --made-before. */
  readonly version: string;
  readonly say: (line: string) => void;
  readonly lambda?: Pick<LambdaClient, 'send'>;
}

/**
 * Checks that the deployed code makes Items that are not selected again. Throws CommandError if its code_version is older
 * than --made-before; says so and goes on if the version cannot be read.
 */
export async function checkDeployedVersion(
  { id, config, names }: Pick<DeployedPipeline, 'id' | 'config' | 'names'>,
  { version, say, lambda = awsClients().lambda(config.region) }: Around,
): Promise<void> {
  const { region, code_version: configured } = config;
  const name = names.functions.app.function;
  let deployed: string | undefined;
  try {
    deployed = await deployedVersion(name, lambda);
  } catch (cause) {
    const { message } = accessFault({ what: `function ${name}`, region }, cause);
    say(`the deployed code_version is unknown: ${message}`);
    return;
  }
  if (!isOlder(deployed, version)) return;
  const is = deployed === undefined ? 'no code_version' : `code_version ${deployed}`;
  const raise = isOlder(configured, version)
    ? `set code_version in config.yaml to ${version} or a later one (it has ${configured ?? 'none'}), and deploy`
    : `deploy the pipeline, whose config.yaml has ${configured ?? ''}`;
  throw new CommandError(
    `${id}: the deployed function ${name} has ${is}, so the Items that it makes would count as made before ${version}, too, ` +
      `and would be sent again each time: ${raise}; then run this again`,
  );
}

/** Returns the code_version that the function gives its Items. Throws if it cannot be read. */
async function deployedVersion(
  FunctionName: string,
  lambda: Pick<LambdaClient, 'send'>,
): Promise<string | undefined> {
  const { Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName }));
  const { Error: fault, Variables = {} } = Configuration?.Environment ?? {};
  if (fault !== undefined)
    throw new Error(
      `its environment cannot be decrypted (${fault.Message ?? fault.ErrorCode ?? ''})`,
    );
  return Variables['CODE_VERSION'];
}
