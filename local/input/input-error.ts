import { PipelineError } from '../../lambdas/runtime/errors.js';

/** Thrown when the input of a local run does not exist, cannot be read or has nothing for this pipeline. */
export class InputError extends PipelineError {
  override readonly name = 'InputError';

  constructor(message: string, options?: ErrorOptions) {
    super(message, { ...options, kind: 'permanent' });
  }
}
