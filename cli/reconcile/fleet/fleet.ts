import { listPipelines, NO_PIPELINES } from '../../../modules/config/folder.js';
import { CommandError, pipelineArgument } from '../../shared/command.js';
import { deployedPipeline, errorText } from '../../shared/deployed-pipeline.js';
import { exitCodeOf, type Finding } from '../finding.js';
import { NotComparableError } from '../open.js';

/** What became of one pipeline: a comparison, the reason why there can be none, or the error of one. */
export type FleetResult = { readonly pipeline: string } & (
  { readonly finding: Finding } | { readonly notCompared: string } | { readonly error: string }
);

export interface Fleet {
  readonly results: readonly FleetResult[];
  /** Whether every pipeline had its turn. */
  readonly isWhole: boolean;
}

interface FleetOptions {
  /** Compares one pipeline. Resolves to undefined if the comparison was stopped. */
  readonly compare: (id: string) => Promise<Finding | undefined>;
  readonly onStart: (id: string) => void;
  readonly ids?: readonly string[];
  /** Why a pipeline is left out; undefined for one to compare. Throws what makes its config unreadable. */
  readonly leftOut?: (id: string) => string | undefined;
}

/** Compares one pipeline of pipelines/ after the other. An error of one does not stop the others. Throws CommandError if there are none. */
export async function reconcileFleet({
  compare,
  onStart,
  ids = listPipelines(),
  leftOut = reasonToLeaveOut,
}: FleetOptions): Promise<Fleet> {
  if (ids.length === 0) throw new CommandError(NO_PIPELINES);
  const results: FleetResult[] = [];
  for (const pipeline of ids) {
    try {
      const notCompared = leftOut(pipeline);
      if (notCompared !== undefined) {
        results.push({ pipeline, notCompared });
        continue;
      }
      onStart(pipeline);
      const finding = await compare(pipeline);
      if (finding === undefined) return { results, isWhole: false };
      results.push({ pipeline, finding });
    } catch (error) {
      const why = errorText(error);
      const isNature = error instanceof NotComparableError;
      results.push(isNature ? { pipeline, notCompared: why } : { pipeline, error: why });
    }
  }
  return { results, isWhole: true };
}

function reasonToLeaveOut(id: string): string | undefined {
  const { config } = deployedPipeline(pipelineArgument(id));
  if (!config.deploy) return 'it is deployed by name only (deploy: false)';
  if (config.inventory_location === undefined) return 'it has no inventory_location';
  return config.stac_api_url === undefined ? 'it has no stac_api_url' : undefined;
}

/** 1 if a comparison needs attention or failed, or if nothing was compared. */
export function fleetExitCode({ results, isWhole }: Fleet): 0 | 1 {
  const isCompared = results.some((result) => 'finding' in result);
  const isFine = results.every((result) =>
    'finding' in result ? exitCodeOf(result.finding) === 0 : !('error' in result),
  );
  return isWhole && isCompared && isFine ? 0 : 1;
}
