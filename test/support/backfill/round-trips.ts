import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HistoricHandler } from '../../../lambdas/historic-handler.js';
import {
  COMPARE_FILES,
  roundTripFault,
  type MessageParser,
} from '../../../local/input/round-trip.js';
import type { SendMessage } from '../../../local/input/message-feed.js';
import { inventoryInput } from '../../../local/inventory/input.js';
import { sampleInventory } from '../../../local/inventory/sample-inventory.js';

export interface SampledBackfill {
  readonly historic: HistoricHandler;
  readonly app: MessageParser;
  /** Folder of the sample, whose files stand for the objects of the bucket. */
  readonly sample: string;
  readonly bucket: string;
  /** The inventory_location of the pipeline. */
  readonly location: string;
  /** The inventory_fields of the pipeline. */
  readonly columns: readonly string[];
}

/**
 * Runs the backfill of a pipeline over its sample. Resolves to one sentence for each message that names no granule, and
 * for each refused row.
 * Throws InputError if no row of the sample becomes a message.
 */
export async function lostRows({ historic, app, sample, ...inventory }: SampledBackfill) {
  const workFolder = await mkdtemp(join(tmpdir(), 'round-trips-'));
  try {
    const target = join(workFolder, 'inventory');
    const input = await inventoryInput({
      pipelineId: 'sample',
      handler: historic,
      location: await sampleInventory(sample, { ...inventory, target }),
      name: `the inventory of the files in ${sample}`,
      workFolder,
    });
    const lost: string[] = [];
    const send: SendMessage = ({ body }) => {
      const fault = roundTripFault(body, app);
      if (fault !== undefined) lost.push(sentence(body, fault));
      return Promise.resolve(true);
    };
    await input(send, {
      refuse: ({ body, attributes }) => lost.push(`${body}: ${attributes['reason'] ?? ''}`),
      note: () => undefined,
      fail: () => undefined,
    });
    return lost;
  } finally {
    await rm(workFolder, { recursive: true });
  }
}

function sentence(body: string, fault: string): string {
  return `rowToMessageBody returned ${body}, which names no granule: ${fault}; ${COMPARE_FILES}`;
}
