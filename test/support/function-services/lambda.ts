import { createHash } from 'node:crypto';
import { CODE_TAG } from '../../../modules/config/names.js';
import type { SeenRequest } from '../http-server.js';

/** What a call is called in AWS's documentation, and its JSON answer. */
export interface Call {
  readonly action: string;
  /** Changes the state; the server does not do it for a call that it refuses. */
  answer(): {
    readonly status?: number;
    readonly body?: object;
    /** Name of the error. @default with status 404, ResourceNotFoundException */
    readonly errorType?: string;
  };
}

type Json = Readonly<Record<string, unknown>>;

interface StoredFunction {
  configuration: Json;
  tags: Readonly<Record<string, string>>;
}

const REGION = 'eu-central-1';
const NOT_FOUND = { status: 404, body: { Type: 'User', Message: 'Function not found' } };

/** The calls of Lambda's API by which Terraform manages a function. */
export class LambdaApi {
  readonly functions = new Map<string, StoredFunction>();

  /** SHA-256 of a function's code in base64. */
  codeOf(name: string): unknown {
    return this.functions.get(name)?.configuration['CodeSha256'];
  }

  tag(name: string, hash: string): void {
    const fn = this.functions.get(name);
    if (fn) fn.tags = { ...fn.tags, [CODE_TAG]: hash };
  }

  call({ method, url, body }: SeenRequest): Call {
    const { pathname, searchParams } = new URL(url, 'http://lambda');
    const path = decodeURIComponent(pathname).replace(/^\/[\d-]+\//, '');
    const [collection, id = '', part = ''] = path.split('/');
    if (collection === 'tags') {
      const fn = this.functions.get(id.split(':').at(-1) ?? '');
      return tagCall(fn, { method, body, removed: searchParams.getAll('tagKeys') });
    }
    const given = parse(body);
    if (id === '')
      return {
        action: 'CreateFunction',
        answer: () => this.create(String(given['FunctionName']), given),
      };
    const fn = this.functions.get(id);
    if (fn === undefined) return { action: `${method} ${part}`, answer: () => NOT_FOUND };
    if (method === 'DELETE')
      return {
        action: 'DeleteFunction',
        answer: () => {
          this.functions.delete(id);
          return { status: 204 };
        },
      };
    return method === 'PUT' ? updateCall(fn, part, given) : readCall(fn, part);
  }

  create(name: string, { Code = {}, Tags = {}, ...rest }: Json) {
    const arn = `arn:aws:lambda:${REGION}:123456789012:function:${name}`;
    const configuration = {
      ...rest,
      FunctionName: name,
      FunctionArn: arn,
      Version: '$LATEST',
      State: 'Active',
      LastUpdateStatus: 'Successful',
      ...codeFields(Code as Json),
    };
    this.functions.set(name, { configuration, tags: Tags as Record<string, string> });
    return { status: 201, body: configuration };
  }
}

function readCall(fn: StoredFunction, part: string): Call {
  const { configuration } = fn;
  switch (part) {
    case '':
      return {
        action: 'GetFunction',
        answer: () => ({ body: { Configuration: configuration, Code: {}, Tags: fn.tags } }),
      };
    case 'configuration':
      return { action: 'GetFunctionConfiguration', answer: () => ({ body: configuration }) };
    case 'versions':
      return {
        action: 'ListVersionsByFunction',
        answer: () => ({ body: { Versions: [configuration] } }),
      };
    default:
      return { action: part, answer: () => ({ body: {} }) };
  }
}

function updateCall(fn: StoredFunction, part: string, given: Json): Call {
  const isCode = part === 'code';
  return {
    action: isCode ? 'UpdateFunctionCode' : 'UpdateFunctionConfiguration',
    answer: () => {
      fn.configuration = { ...fn.configuration, ...(isCode ? codeFields(given) : given) };
      return { body: fn.configuration };
    },
  };
}

function tagCall(
  fn: StoredFunction | undefined,
  { method, body, removed }: { method: string; body: string; removed: readonly string[] },
): Call {
  if (method === 'GET') return { action: 'ListTags', answer: () => ({ body: { Tags: fn?.tags } }) };
  return {
    action: method === 'POST' ? 'TagResource' : 'UntagResource',
    answer: () => {
      if (fn === undefined) return NOT_FOUND;
      const added = (parse(body)['Tags'] ?? {}) as Record<string, string>;
      const kept = Object.entries(fn.tags).filter(([key]) => !removed.includes(key));
      fn.tags = { ...Object.fromEntries(kept), ...added };
      return { status: 204 };
    },
  };
}

function codeFields({ ZipFile }: Json): Json {
  const zip = Buffer.from(String(ZipFile), 'base64');
  return {
    CodeSha256: createHash('sha256').update(zip).digest('base64'),
    CodeSize: zip.length,
    PackageType: 'Zip',
  };
}

function parse(body: string): Json {
  return body === '' ? {} : (JSON.parse(body) as Json);
}
