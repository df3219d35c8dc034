import { optionalEnv } from '../../lambdas/runtime/env.js';
import type { IngestorAccess, RunTarget } from '../../local/run/endpoints.js';
import { UsageError } from '../shared/command.js';

export interface TargetOptions {
  readonly ingestor?: string;
  readonly dryRun?: true;
}

/**
 * Decides where a local run posts its Items. A real ingestor is authenticated with INGESTOR_TOKEN (a bearer token),
 * INGESTOR_SECRET (the pipeline's secret as JSON) or SECRET_ARN (that secret in Secrets Manager). If none is set,
 * requests carry no token. Throws UsageError.
 */
export async function localTarget({ ingestor, dryRun }: TargetOptions): Promise<RunTarget> {
  if (dryRun) {
    if (ingestor === undefined) return { kind: 'dry-run' };
    throw new UsageError('--dry-run posts nothing: omit --ingestor');
  }
  if (ingestor === undefined) return { kind: 'local' };
  const isHttp = URL.canParse(ingestor) && /^https?:\/\/[^/]/.test(ingestor);
  if (!isHttp) throw new UsageError(`--ingestor must be an http(s) URL (given '${ingestor}')`);
  return { kind: 'ingestor', access: { ingestorUrl: ingestor, ...(await credentials()) } };
}

async function credentials(): Promise<Omit<IngestorAccess, 'ingestorUrl'>> {
  const [token, secret, arn] = ['INGESTOR_TOKEN', 'INGESTOR_SECRET', 'SECRET_ARN'].map(optionalEnv);
  if (token !== undefined) return { token };
  if (secret === undefined && arn === undefined) return {};
  const { parseClientSecret, secretReader } =
    await import('../../lambdas/ingestor/client-secret.js');
  if (secret !== undefined) return { secret: parseClientSecret(secret, 'in INGESTOR_SECRET') };
  return arn === undefined ? {} : { secret: await secretReader(arn)({ fresh: false }) };
}
