import { breakerHandler } from './hold/handler.js';

/** The entry point of the scheduled function, shared by all pipelines with circuit_breaker. */
export const handler = breakerHandler();
