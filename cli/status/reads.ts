import { CachedTokens, type AccessTokens } from '../../lambdas/ingestor/access-token.js';
import { secretReader } from '../../lambdas/ingestor/client-secret.js';
import { ingestorReader, type IngestorReader } from '../../lambdas/ingestor/reader.js';
import { silentLog } from '../../lambdas/runtime/log.js';
import { memoryTokenStore } from '../../local/container/shared-token.js';
import { awsClients, oncePer, type AwsClients } from '../shared/aws-clients.js';

export type IngestionList = Pick<IngestorReader, 'listIngestions'>;

/** How a status is read; the statuses of several pipelines share it. */
export interface StatusReads {
  readonly clients: AwsClients;
  /** Lists what an ingestor has, by its URL. */
  readonly ingestions: (url: string) => IngestionList;
  /** Tokens for an ingestor, by the ARN of the client's secret. */
  readonly tokens: (secretArn: string) => AccessTokens;
  /** Whether a STAC API that does not count by itself is asked to, which takes long for many million Items. */
  readonly countsItems: boolean;
  /** Whether the ingestor and the STAC API are asked about a pipeline whose queue does not exist. */
  readonly asksForUndeployed: boolean;
  /** Unsettled posts of a pipeline that the ingestor is asked for at most, one by one. */
  readonly mostAsked: number;
}

/** A full page of an ingestor may take long. */
const TIMEOUT_MS = 20_000;

/** Reads everything that the status of one pipeline has. */
export function statusReads(): StatusReads {
  return {
    clients: awsClients(),
    ingestions: oncePer(listOf),
    tokens: oncePer(ownTokens),
    countsItems: true,
    asksForUndeployed: true,
    // Enough to know what is wrong; a run of the verification asks for the others.
    mostAsked: 500,
  };
}

/**
 * Reads what many pipelines need: an ingestor is asked once for all its pipelines, and no Items are counted. The services
 * of a pipeline that is not deployed are not asked: its config may name placeholders, which cost their whole timeout.
 */
export function fleetReads(): StatusReads {
  return {
    ...statusReads(),
    ingestions: oncePer((url) => listedOnce(listOf(url))),
    countsItems: false,
    asksForUndeployed: false,
    mostAsked: 50,
  };
}

function listOf(url: string): IngestionList {
  return ingestorReader({ url, tokens: undefined, timeoutMs: TIMEOUT_MS, tries: 1 });
}

/** The list has the ingestions of all pipelines of an ingestor. */
function listedOnce({ listIngestions }: IngestionList): IngestionList {
  return { listIngestions: oncePer(listIngestions) };
}

/** A token of this command alone: only functions share theirs in the state table. */
export function ownTokens(secretArn: string): CachedTokens {
  return new CachedTokens({
    readSecret: secretReader(secretArn),
    store: memoryTokenStore(),
    log: silentLog,
  });
}
