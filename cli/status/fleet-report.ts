import { counted, cut, duration, printable, tableLines } from '../shared/table.js';
import { FLEET_STATES, type FleetMember, type FleetState } from './fleet.js';
import { valueOf } from './part.js';
import { lettersOf } from './pipeline-status.js';

const COLUMNS = [
  { title: 'PIPELINE' },
  { title: 'STATE' },
  { title: 'QUEUE', align: 'right' },
  { title: 'OLDEST', align: 'right' },
  { title: 'DEAD', align: 'right' },
] as const;
const NOTE = { title: 'WHAT' } as const;
const [MIN_WIDTH, MAX_WIDTH] = [80, 120];
const MIN_NOTE = 20;

/**
 * One line for each pipeline, and what it all comes to.
 *
 * @param width characters of the terminal's lines; the table takes 80 to 120 of them
 */
export function fleetText(members: readonly FleetMember[], width = MAX_WIDTH): string {
  const rows = members.map(rowOf);
  const used = Math.max(...tableLines(COLUMNS, rows).map(({ length }) => length));
  const space = Math.min(Math.max(width, MIN_WIDTH), MAX_WIDTH) - used - 2;
  const notes = members.map(({ brief }) =>
    cut(printable(brief.join('; ')), Math.max(space, MIN_NOTE)),
  );
  return [
    ...tableLines(
      [...COLUMNS, NOTE],
      rows.map((row, index) => [...row, notes[index] ?? '']),
    ),
    '',
    summaryOf(members),
    ...hintOf(members),
  ].join('\n');
}

/** The output of --json: for each pipeline what --json prints for it alone, with its state. */
export function fleetJson(members: readonly FleetMember[]): string {
  const pipelines = members.map(({ pipeline, state, attention, status }) => ({
    pipeline,
    state,
    ...status,
    attention,
  }));
  return JSON.stringify({ pipelines }, undefined, 2);
}

function rowOf({ pipeline, state, status }: FleetMember): string[] {
  const queue = valueOf(status?.queue);
  const isKnown = status !== undefined && valueOf(status.deadLetters) !== undefined;
  const { granules, events } = isKnown ? lettersOf(status) : { granules: 0, events: 0 };
  return [
    pipeline,
    state,
    queue ? (queue.visible + queue.inFlight + queue.delayed).toLocaleString('en') : '-',
    queue?.oldestSeconds === undefined ? '-' : duration(queue.oldestSeconds),
    isKnown ? (granules + events).toLocaleString('en') : '-',
  ];
}

const WORDS: Readonly<Record<FleetState, (count: number) => string>> = {
  'action needed': (count) => (count === 1 ? '1 needs action' : `${count} need action`),
  unknown: (count) => `${count} cannot be read`,
  ok: (count) => `${count} ok`,
  'not deployed': (count) => `${count} not deployed`,
};

function summaryOf(members: readonly FleetMember[]): string {
  const counts = FLEET_STATES.flatMap((state) => {
    const count = members.filter((one) => one.state === state).length;
    return count === 0 ? [] : [WORDS[state](count)];
  });
  return `${counted(members.length, 'pipeline')}: ${counts.join(', ')}.`;
}

function hintOf(members: readonly FleetMember[]): string[] {
  if (members.every(({ state }) => state === 'not deployed'))
    return ['None is deployed, as far as AWS says: check PROJECT, the account and the region.'];
  return members.some(({ attention }) => attention.length > 0)
    ? ['npm run status -- <pipeline> shows everything about one pipeline, and what to do.']
    : [];
}
