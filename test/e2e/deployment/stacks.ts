/** A stack of the suite: a pipeline of the project with some lines of its config.yaml changed for the run. */
export interface StackPlan {
  readonly id: string;
  /** Folder in pipelines/ that it is copied from. @default its id */
  readonly from?: string;
  /** Lines of config.yaml, beside those that name the run's own services. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** E2E=full: the numbers of the long run, and what takes long. */
export const FULL = process.env['E2E'] === 'full';

/** As in the config.yaml of sentinel1: the emulator has every account. */
export const TOPIC_ARN = 'arn:aws:sns:eu-central-1:214830741341:SentinelS1L1C';

/** The suite's ingestor answers one call after another: more batches at once would only wait for it. */
export const MAX_BATCHES = 4;

export const STACKS: readonly StackPlan[] = [
  {
    id: 'sentinel1',
    config: {
      max_concurrency: MAX_BATCHES,
      retry_delay_seconds: 1,
      verify_ingestion: true,
      verify_tries: 3,
      historic_frequency: 6,
      initial_chunk: '2014-10-05',
    },
  },
  { id: 'cop_dem_30', config: { max_concurrency: MAX_BATCHES } },
];
