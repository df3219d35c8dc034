import { knownPipelines } from '../../modules/config/folder.js';
import { pipelineArgument, type PipelineFolder } from './command.js';
import { UsageError } from './usage-error.js';

/** Of a command that can't do without: the error says which pipelines there are, which commander's own would not. */
export function requiredPipeline(name: string | undefined): PipelineFolder {
  if (name === undefined) throw new UsageError(`which pipeline? ${knownPipelines()}`);
  return pipelineArgument(name);
}
