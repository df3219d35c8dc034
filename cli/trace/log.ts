import {
  CloudWatchLogsClient,
  GetQueryResultsCommand,
  StartQueryCommand,
  StopQueryCommand,
  type ResultField,
} from '@aws-sdk/client-cloudwatch-logs';
import { AWS_REQUESTS } from '../../lambdas/runtime/aws-requests.js';
import { systemClock, type Clock } from '../../lambdas/runtime/clock.js';
import { CommandError } from '../shared/command.js';
import { accessFault } from '../shared/deployed-pipeline.js';
import { shortTime } from '../shared/table.js';
import type { SourceName } from './event.js';
import { lineEvent, isLineAbout, type LogLine } from './log-line.js';
import type { Answer, Source } from './source.js';
import { unique, type TraceSubject } from './subject.js';

type LogsSender = Pick<CloudWatchLogsClient, 'send'>;

export interface LogSettings {
  readonly name: SourceName;
  readonly group: string;
  readonly region: string;
  /** ISO 8601. */
  readonly since: string;
  /** ISO 8601. */
  readonly until: string;
  readonly client?: LogsSender;
  readonly clock?: Pick<Clock, 'now' | 'sleep'>;
}

const MOST_LINES = 200;
const POLL_MS = 500;
/** The limit of CloudWatch is 10,000 characters. */
const MOST_QUERY_CHARACTERS = 9_000;

/**
 * Searches a log group with Logs Insights, which bills the bytes of the log in the time range.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
 */
export function logSource(settings: LogSettings): Source {
  const { name, region, since, until, client = logsIn(region) } = settings;
  return {
    name,
    scope: `from ${shortTime(since)} to ${shortTime(until)}`,
    wants: ({ texts, itemIds, messageIds }: TraceSubject) => [...texts, ...itemIds, ...messageIds],
    ask: async ({ subject, wanted, deadline }) => {
      const { lines, note } = await search(unique(wanted), { ...settings, client, deadline });
      const about = lines.filter((line) => isLineAbout(line, subject));
      return { events: about.map((line) => lineEvent(line, name)), note };
    },
  };
}

function logsIn(region: string): LogsSender {
  return new CloudWatchLogsClient({ region, requestHandler: AWS_REQUESTS });
}

interface Search extends LogSettings {
  readonly client: LogsSender;
  readonly deadline: number;
}

interface Found extends Pick<Answer, 'note'> {
  readonly lines: readonly LogLine[];
}

async function search(words: readonly string[], given: Search): Promise<Found> {
  const { client, group, region, since, until } = given;
  const request = new StartQueryCommand({
    logGroupName: group,
    startTime: Math.floor(Date.parse(since) / 1000),
    endTime: Math.ceil(Date.parse(until) / 1000),
    queryString: insightsQuery(words),
    limit: MOST_LINES,
  });
  try {
    const { queryId = '' } = await client.send(request);
    return await awaitLines(queryId, given);
  } catch (cause) {
    throw new CommandError(accessFault({ what: `log group ${group}`, region }, cause).message, {
      cause,
    });
  }
}

async function awaitLines(
  queryId: string,
  { client, deadline, since, clock = systemClock }: Search,
): Promise<Found> {
  for (;;) {
    const { status = '', results = [] } = await client.send(
      new GetQueryResultsCommand({ queryId }),
    );
    const lines = results.map(lineOf);
    if (status === 'Complete') {
      const most = `only the newest ${MOST_LINES} lines since ${since} are shown: narrow the range with --since and --until`;
      return { lines, note: lines.length < MOST_LINES ? undefined : most };
    }
    if (status !== 'Running' && status !== 'Scheduled')
      return { lines, note: `the query of the log ended as ${status}` };
    if (clock.now() >= deadline) {
      await client.send(new StopQueryCommand({ queryId })).catch(() => undefined);
      const note =
        'the query of the log had not ended in the time: narrow the range with --since and --until, or wait longer with ' +
        '--wait <seconds>';
      return { lines, note };
    }
    await clock.sleep(POLL_MS);
  }
}

/** Returns the query for lines that contain any of the words, the newest first. */
export function insightsQuery(words: readonly string[]): string {
  const conditions: string[] = [];
  let characters = 0;
  for (const word of words) {
    const condition = `@message like ${literal(word)}`;
    characters += condition.length + 4;
    if (conditions.length > 0 && characters > MOST_QUERY_CHARACTERS) break;
    conditions.push(condition);
  }
  return `fields @timestamp, @message | filter ${conditions.join(' or ')} | sort @timestamp desc`;
}

/** The log has JSON, in which quotes and backslashes are escaped; the query escapes them again. */
function literal(word: string): string {
  const inJson = JSON.stringify(word).slice(1, -1);
  return `"${inJson.replaceAll(/["\\]/g, (character) => `\\${character}`)}"`;
}

function lineOf(fields: readonly ResultField[]): LogLine {
  const valueOf = (name: string) => fields.find(({ field }) => field === name)?.value ?? '';
  return { timestamp: valueOf('@timestamp'), message: valueOf('@message') };
}
