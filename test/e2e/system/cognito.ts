import { jsonCall, type Caller } from '../deployment/aws-call.js';

export interface UserPool {
  readonly poolId: string;
  /** The client of a pipeline's secret, which also holds the domain. */
  readonly client: {
    readonly client_id: string;
    readonly client_secret: string;
    readonly scope: string;
  };
}

interface Answers {
  readonly UserPool: { readonly Id: string };
  readonly UserPoolClient: { readonly ClientId: string; readonly ClientSecret: string };
}

const SCOPE = 'ingestor/write';

/** Creates a user pool with a client for the client credentials grant, as eoapi-cdk's ingestor expects it. */
export async function createUserPool(caller: Caller, name = 'ingestor'): Promise<UserPool> {
  const call = async (action: string, parameters: Readonly<Record<string, unknown>>) =>
    (await jsonCall(
      caller,
      ['cognito-idp', `AWSCognitoIdentityProviderService.${action}`],
      parameters,
    )) as Answers;
  const { UserPool } = await call('CreateUserPool', { PoolName: name });
  const UserPoolId = UserPool.Id;
  await call('CreateUserPoolDomain', { UserPoolId, Domain: name });
  const Scopes = [{ ScopeName: 'write', ScopeDescription: 'posts Items' }];
  await call('CreateResourceServer', {
    UserPoolId,
    Identifier: 'ingestor',
    Name: 'ingestor',
    Scopes,
  });
  return { poolId: UserPoolId, client: await createClient(caller, UserPoolId) };
}

/** Creates one more client, as a rotation does. */
export async function createClient(
  caller: Caller,
  UserPoolId: string,
): Promise<UserPool['client']> {
  const { UserPoolClient } = (await jsonCall(
    caller,
    ['cognito-idp', 'AWSCognitoIdentityProviderService.CreateUserPoolClient'],
    {
      UserPoolId,
      ClientName: 'pipelines',
      GenerateSecret: true,
      AllowedOAuthFlows: ['client_credentials'],
      AllowedOAuthScopes: [SCOPE],
      AllowedOAuthFlowsUserPoolClient: true,
    },
  )) as Answers;
  const { ClientId, ClientSecret } = UserPoolClient;
  return { client_id: ClientId, client_secret: ClientSecret, scope: SCOPE };
}
