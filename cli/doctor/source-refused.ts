import { explain } from '../../lambdas/source/s3-error.js';
import { refusalOf, saidBy } from '../../lambdas/source/s3-refusal.js';
import type { PipelineConfig } from '../../modules/config/config.js';
import { isDenied, unchecked, wrong, type Verdict } from './check.js';

export interface Refused {
  readonly href: string;
  readonly action: 's3:GetObject' | 's3:ListBucket';
  readonly error: unknown;
}

/** What to say if S3 refuses to list or to read. `asPayer` tries the same again as a requester that pays. */
export async function refused(
  { href, action, error }: Refused,
  { requester_pays: requesterPays }: Pick<PipelineConfig, 'requester_pays'>,
  asPayer: () => Promise<unknown>,
): Promise<Verdict> {
  if (isDenied(error) && !requesterPays) {
    const isPaid = await asPayer().then(
      () => true,
      () => false,
    );
    if (isPaid)
      return wrong(`${href} can be read only by a requester that pays`, 'set requester_pays: true');
  }
  const refusal = refusalOf(error);
  if (refusal.code === 'NoSuchBucket')
    return wrong(`the bucket of ${href} does not exist`, 'correct source, or create the bucket');
  const said = saidBy(refusal);
  if (isDenied(error) && (action === 's3:ListBucket' || isOfCaller(refusal.message)))
    return unchecked(
      `your credentials may not use ${action} on ${href}, which says nothing about the functions; npm run item reads an object that you name: ${said}`,
    );
  const { advice } = explain(refusal, { action, requesterPays });
  return wrong(`${href} cannot be read: ${said}`, adviceFor(refusal.code, advice));
}

/** Whether a policy of the caller denies the request, and not one of the bucket. */
function isOfCaller(message: string): boolean {
  return /\b(?:identity-based policy|permissions boundary|session policy)\b/.test(message);
}

function adviceFor(code: string, advice: string | undefined): string {
  const isAboutRole = code === 'AccessDenied' && advice?.includes('KMS') === false;
  return advice === undefined || isAboutRole
    ? "check that the bucket's policy allows your account s3:GetObject, and requester_pays if its owner asks for it"
    : advice;
}
