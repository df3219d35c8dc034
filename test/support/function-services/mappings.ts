import { randomUUID } from 'node:crypto';
import type { SeenRequest } from '../http-server.js';
import type { Call } from './lambda.js';

interface StoredMapping {
  readonly UUID: string;
  readonly EventSourceArn: string;
  readonly FunctionArn: string;
  State: string;
}

/** The calls of Lambda's API on event source mappings. A mapping reaches a new state when it is looked at a second time. */
export class MappingsApi {
  private readonly mappings = new Map<string, StoredMapping>();
  /** The next calls that change a mapping are refused, because an earlier change is in progress. */
  busy = 0;

  /** Returns the id of the mapping. */
  create(functionName: string, queueName: string): string {
    const UUID = randomUUID();
    this.mappings.set(UUID, {
      UUID,
      EventSourceArn: `arn:aws:sqs:eu-central-1:123456789012:${queueName}`,
      FunctionArn: `arn:aws:lambda:eu-central-1:123456789012:function:${functionName}`,
      State: 'Enabled',
    });
    return UUID;
  }

  state(functionName: string): string | undefined {
    return this.ofFunction(functionName)[0]?.State;
  }

  /** As someone does in the console. */
  set(functionName: string, state: string): void {
    for (const mapping of this.ofFunction(functionName)) mapping.State = state;
  }

  private ofFunction(name: string): StoredMapping[] {
    return [...this.mappings.values()].filter(({ FunctionArn }) =>
      FunctionArn.endsWith(`:${name}`),
    );
  }

  /** Undefined for another path. */
  call({ method, url, body }: SeenRequest): Call | undefined {
    const { pathname, searchParams } = new URL(url, 'http://lambda');
    const [, id = ''] = /\/event-source-mappings(?:\/([^/]*))?\/?$/.exec(pathname) ?? [];
    if (!pathname.includes('/event-source-mappings')) return undefined;
    if (id === '') return this.list(searchParams.get('FunctionName') ?? '');
    const mapping = this.mappings.get(id);
    const action = method === 'PUT' ? 'UpdateEventSourceMapping' : 'GetEventSourceMapping';
    if (mapping === undefined) {
      return { action, answer: () => ({ status: 404, body: { Message: 'no such mapping' } }) };
    }
    return {
      action,
      answer: () => (method === 'PUT' ? this.update(mapping, body) : { body: seen(mapping) }),
    };
  }

  private list(functionName: string): Call {
    const EventSourceMappings = this.ofFunction(functionName).map((one) => ({ ...one }));
    return {
      action: 'ListEventSourceMappings',
      answer: () => ({ body: { EventSourceMappings } }),
    };
  }

  private update(mapping: StoredMapping, body: string) {
    if (this.busy > 0) {
      this.busy -= 1;
      return { status: 409, errorType: 'ResourceInUseException', body: { Message: 'busy' } };
    }
    const { Enabled } = JSON.parse(body) as { readonly Enabled: boolean };
    mapping.State = Enabled ? 'Enabling' : 'Disabling';
    return { status: 202, body: { ...mapping } };
  }
}

const NEXT: Readonly<Record<string, string>> = { Enabling: 'Enabled', Disabling: 'Disabled' };

function seen(mapping: StoredMapping): object {
  const shown = { ...mapping };
  mapping.State = NEXT[mapping.State] ?? mapping.State;
  return shown;
}
