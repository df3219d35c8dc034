/** A stack of the suite: a pipeline of the project with some keys of its config.yaml changed. */
export interface StackPlan {
  readonly id: string;
  /** Folder in pipelines/ to copy. @default the id */
  readonly from?: string;
  /** Keys of config.yaml to change, apart from the addresses of the run's services. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** Whether this is the long run (E2E=full), with larger counts and slow tests. */
export const FULL = process.env['E2E'] === 'full';

/** As in the config.yaml of sentinel1; the emulator accepts any account. */
export const TOPIC_ARN = 'arn:aws:sns:eu-central-1:214830741341:SentinelS1L1C';

/** The ingestor of the suite handles one request at a time, so more concurrency would not help. */
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
      initial_chunk: '2014-10-06',
    },
  },
  { id: 'cop_dem_30', config: { max_concurrency: MAX_BATCHES, code_version: '1.0' } },
];
