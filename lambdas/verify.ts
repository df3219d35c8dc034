import { verifyHandler } from './verify/handler.js';

/** The entry point of the scheduled function, shared by all pipelines that set verify_ingestion. */
export const handler = verifyHandler();
