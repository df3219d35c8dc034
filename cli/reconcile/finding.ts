import { relative } from 'node:path';
import type { Comparison } from './compare.js';
import type { SentMessages } from './send.js';
import { knowsSurplus, type Reconciliation } from './reconciliation.js';
import type { State, Workspace } from './state.js';

/** A finished comparison. */
export interface Finding {
  readonly run: Reconciliation;
  readonly state: State;
  readonly comparison: Comparison;
  /** Undefined if nothing was to be sent. */
  readonly sent: SentMessages | undefined;
  /** What the numbers do not say. */
  readonly notes: readonly string[];
}

/** Returns the output of --json. A surplus that cannot be known is null. */
export function findingJson(finding: Finding): object {
  const { run, state, comparison, sent, notes } = finding;
  const { expected, present, missing, superseded, younger, repeated, samples } = comparison;
  const { rows, skipped, refused, unidentified, archived, examples } = state.rows;
  const surplus = knowsSurplus(run) ? comparison.surplus : null;
  return {
    pipeline: run.target.pipeline,
    collection: run.collection,
    expected,
    present,
    missing,
    surplus,
    superseded,
    younger,
    unidentified,
    refused,
    items: state.items.read,
    repeated,
    rows,
    skipped,
    archived,
    archivedItems: comparison.archived,
    inventory: reportName(finding),
    inventoryTime: new Date(state.reportTime).toISOString(),
    stacApi: run.api,
    chunks: run.chunks.filter((chunk) => chunk !== undefined),
    startedAt: state.startedAt,
    comparedAt: state.comparedAt,
    samples: { ...samples, notCompared: examples },
    files: filesOf(run.workspace),
    ...(sent !== undefined && { sent: sent.messages, refusedMessages: sent.refused }),
    notes,
  };
}

function filesOf({ missing, messages, surplus }: Workspace) {
  return { missing, messages, surplus };
}

/** 1 if anything needs attention: granules or Items that have no counterpart, rows that could not be compared, or nothing to compare. */
export function exitCodeOf({ run, state, comparison, sent }: Finding): 0 | 1 {
  const { missing, surplus, expected } = comparison;
  const isSent = sent?.refused === 0 && sent.isWhole;
  const { refused, unidentified } = state.rows;
  const isOpen =
    (missing > 0 && !isSent) || (knowsSurplus(run) && surplus > 0) || refused + unidentified > 0;
  return isOpen || expected === 0 ? 1 : 0;
}

/** The report of S3 Inventory or the listing, with its time, because it is a picture of the past. */
export function reportName({
  run,
  state: { dt, reportTime },
}: Pick<Finding, 'run' | 'state'>): string {
  const { settings, kind } = run.target;
  const { location } = settings.inventory;
  const name = kind === 'local' ? relative('', location) : location;
  const chunks = run.chunks.filter((chunk) => chunk !== undefined);
  const part =
    chunks.length < 2
      ? chunks.map((chunk) => `chunk ${chunk} of `).join('')
      : `chunks ${chunks[0] ?? ''} to ${chunks.at(-1) ?? ''} of `;
  if (dt !== undefined) return `${part}inventory report dt=${dt}`;
  return `${part}listing ${name} of ${new Date(reportTime).toISOString().slice(0, 16)}Z`;
}
