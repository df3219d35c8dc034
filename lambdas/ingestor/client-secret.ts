import { SecretsProvider } from '@aws-lambda-powertools/parameters/secrets';
import type { SecretsManagerClientConfig } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod/mini';
import { AWS_REQUESTS } from '../runtime/aws-requests.js';
import { ConfigurationError, TokenError } from '../runtime/errors.js';
import { tryParseJson } from '../runtime/json.js';
import { schemaFaults } from '../stac/schema-faults.js';
import { withoutTrailingSlashes } from '../runtime/text.js';

/** The credentials of the ingestor's app client in Cognito, with the keys of stactools-pipelines' secret. */
export interface ClientSecret {
  /** URL of the user pool's domain, with its scheme: `https://...`. */
  readonly cognito_domain: string;
  readonly client_id: string;
  readonly client_secret: string;
  readonly scope: string;
}

export interface ReadSecretOptions {
  /** Whether to bypass the cache, because the secret may have been rotated. */
  readonly fresh: boolean;
}

export type ReadSecret = (options: ReadSecretOptions) => Promise<ClientSecret>;

const CACHE_SECONDS = 300;

// A secret pasted from a file often ends in a line break.
const text = z.pipe(
  z.string(),
  z.transform((value: string) => value.trim()),
);
const filled = z.pipe(text, z.string().check(z.minLength(1)));
const ClientSecretSchema = z.object({
  cognito_domain: filled,
  client_id: filled,
  client_secret: filled,
  scope: filled,
});

type SecretText = Pick<SecretsProvider, 'get'>;

/**
 * Returns a function that reads the secret `arn` and caches it for five minutes. That function throws ConfigurationError
 * and TokenError, whose messages contain no value of the secret.
 */
export function secretReader(
  arn: string,
  provider: SecretText = new SecretsProvider({ clientConfig: clientConfig(arn) }),
): ReadSecret {
  return async ({ fresh }) => {
    const options = { maxAge: CACHE_SECONDS, ...(fresh && { forceFetch: true as const }) };
    return parseClientSecret(await read(provider, { arn, options }), arn);
  };
}

/** The secret may be in a different region from the function. */
function clientConfig(arn: string): SecretsManagerClientConfig {
  const region = arn.split(':')[3];
  return { requestHandler: AWS_REQUESTS, ...(region && { region }) };
}

async function read(
  provider: SecretText,
  { arn, options }: { arn: string; options: { maxAge: number; forceFetch?: true } },
): Promise<unknown> {
  try {
    return await provider.get(arn, options);
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : 'unknown error';
    throw new TokenError(`the secret ${arn} cannot be read: ${detail}`, { cause });
  }
}

/** Parses the text of a secret; `where` names the secret in errors. Throws ConfigurationError. */
export function parseClientSecret(secret: unknown, where: string): ClientSecret {
  const value = typeof secret === 'string' ? tryParseJson(secret) : undefined;
  const parsed = ClientSecretSchema.safeParse(value);
  if (!parsed.success) {
    throw new ConfigurationError(
      `the secret ${where} ${problemOf(value)}: it must be a JSON object with the strings ` +
        'cognito_domain, client_id, client_secret and scope (client credentials need an app client with a secret)',
    );
  }
  const { cognito_domain: domain } = parsed.data;
  const url = domain.includes('://') ? domain : `https://${domain}`;
  return { ...parsed.data, cognito_domain: withoutTrailingSlashes(url) };
}

/** Names keys only, because the values are the secret. */
function problemOf(value: unknown): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return 'is not a JSON object';
  }
  const keys = schemaFaults(ClientSecretSchema, value).map((fault) => fault.split(':')[0]);
  return `lacks ${[...new Set(keys)].join(', ')}`;
}
