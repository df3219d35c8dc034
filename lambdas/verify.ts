import { verifyHandler } from './verify/handler.js';

/** The entry of the scheduled function: the same for every pipeline that sets verify_ingestion. */
export const handler = verifyHandler();
