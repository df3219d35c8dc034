import { PipelineError } from '../../lambdas/runtime/errors.js';

/** Thrown when what a local run is to read is not there, or holds nothing for this pipeline. */
export class InputError extends PipelineError {
  override readonly name = 'InputError';

  constructor(message: string, options?: ErrorOptions) {
    super(message, { ...options, kind: 'permanent' });
  }
}
