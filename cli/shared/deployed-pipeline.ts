import { parseArn } from '../../modules/config/values/arn.js';
import { parseProject, pipelineNames, type PipelineNames } from '../../modules/config/names.js';
import { readPipelineConfig, type PipelineConfig } from '../../modules/config/config.js';
import type { PipelineFolder } from './command.js';

/** What a command needs to find a pipeline in AWS. */
export interface DeployedPipeline {
  readonly id: string;
  readonly folder: string;
  readonly config: PipelineConfig;
  readonly names: PipelineNames;
  /** Where the subscription and its dead letters are; undefined without a topic. */
  readonly topicRegion: string | undefined;
}

/** Reads config.yaml and PROJECT; asks AWS for nothing. Throws ConfigError. */
export function deployedPipeline(
  { id, folder }: PipelineFolder,
  env: Readonly<Record<string, string | undefined>> = process.env,
): DeployedPipeline {
  const project = parseProject(env['PROJECT']);
  const config = readPipelineConfig(folder);
  const { account } = parseArn(config.secret_arn);
  return {
    id,
    folder,
    config,
    names: pipelineNames({ project, pipeline: id, account }),
    topicRegion: config.sns === undefined ? undefined : parseArn(config.sns).region,
  };
}
