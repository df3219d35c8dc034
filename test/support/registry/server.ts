import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a request gets instead of its answer. A request that hangs gets none; one that is cut loses its connection. */
export type Fault = 'hang' | 'cut' | FaultyAnswer;

interface FaultyAnswer {
  readonly status: number;
  readonly code?: string;
  readonly message?: string;
  /** The header of this name. */
  readonly location?: string;
}

export interface RegistryOptions {
  /** The form of the locations of uploads. @default relative */
  readonly locations?: 'relative' | 'absolute';
  /** Whether credentials have to be exchanged for a token. @default false */
  readonly needsToken?: boolean;
}

export const USERNAME = 'AWS';
export const PASSWORD = 'secret:with:colons';
const REPOSITORY = 'demo-images';
const TOKEN = 'a-token';
const BASIC = `Basic ${Buffer.from(`${USERNAME}:${PASSWORD}`).toString('base64')}`;

interface Request {
  readonly method: string;
  readonly url: URL;
  readonly authorization: string | undefined;
  readonly body: Buffer;
}

/**
 * A registry of images in memory, with one repository, whose tags are immutable. Like a real one it checks digests, keeps
 * the parts of an upload that was cut, and takes a manifest only if it has the blobs.
 */
export class RegistryServer {
  /** Blobs by digest. */
  readonly blobs = new Map<string, Buffer>();
  /** Manifests by tag. */
  readonly manifests = new Map<string, Buffer>();
  /** Each request: its method, and its path below the repository, with `*` for the id of an upload. */
  readonly requests: string[] = [];
  /** Called with each request as it is in `requests`; may cause a fault. */
  faultOf: (request: string) => Fault | undefined = () => undefined;
  readonly #uploads = new Map<string, Buffer>();
  readonly #options: RegistryOptions;
  readonly #server = createServer((incoming, response) => {
    void this.#answer(incoming, response);
  });

  constructor(options: RegistryOptions = {}) {
    this.#options = options;
  }

  static async start(options: RegistryOptions = {}): Promise<RegistryServer> {
    const started = new RegistryServer(options);
    await new Promise<void>((resolve) => started.#server.listen(0, '127.0.0.1', resolve));
    return started;
  }

  get origin(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  /** The repository, for the side that pushes. */
  get url(): string {
    return `${this.origin}/${REPOSITORY}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const url = new URL(incoming.url ?? '', this.origin);
    const { method = '', headers } = incoming;
    const request = {
      method,
      url,
      authorization: headers.authorization,
      body: Buffer.concat(chunks),
    };
    const path = url.pathname.replace(`/v2/${REPOSITORY}/`, '');
    const shown = `${method} ${path.replace(/uploads\/.+/, 'uploads/*')}`;
    this.requests.push(shown);
    const fault = this.faultOf(shown);
    if (fault === 'hang') return;
    if (fault === 'cut') {
      // What arrived before the connection broke stays.
      if (method === 'PATCH') this.#append(path, request.body.subarray(0, 1));
      incoming.destroy();
    } else if (fault !== undefined) refuse(response, fault);
    else if (path === '/token') this.#giveToken(request, response);
    else if (this.#admits(request, response)) this.#serve(path, request, response);
  }

  #giveToken({ authorization, url }: Request, response: ServerResponse): void {
    const asked = [url.searchParams.get('service'), url.searchParams.get('scope')];
    const isRight =
      authorization === BASIC && asked.join(' ') === `images repository:${REPOSITORY}:pull,push`;
    if (isRight) response.end(JSON.stringify({ token: TOKEN }));
    else refuse(response, { status: 401, code: 'UNAUTHORIZED', message: 'no such user' });
  }

  #admits({ authorization }: Request, response: ServerResponse): boolean {
    const { needsToken = false } = this.#options;
    if (authorization === (needsToken ? `Bearer ${TOKEN}` : BASIC)) return true;
    const challenge = needsToken
      ? `Bearer realm="${this.origin}/token",service="images",scope="repository:x:pull"`
      : 'Basic realm="images"';
    response.setHeader('WWW-Authenticate', challenge);
    refuse(response, { status: 401, code: 'UNAUTHORIZED', message: 'authentication required' });
    return false;
  }

  #serve(path: string, { method, url, body }: Request, response: ServerResponse): void {
    const [kind, name = ''] = path.split(/\/(.*)/);
    if (kind === 'manifests' && method === 'GET') give(response, this.manifests.get(name));
    else if (kind === 'manifests') this.#takeManifest(name, body, response);
    else if (method === 'HEAD') give(response, this.blobs.get(name));
    else if (method === 'POST') this.#startUpload(response);
    else if (method === 'PATCH') {
      this.#append(path, body);
      this.#locate(path, response).writeHead(202).end();
    } else this.#endUpload(path, url.searchParams.get('digest') ?? '', response);
  }

  #startUpload(response: ServerResponse): void {
    const path = `blobs/uploads/${this.#uploads.size + 1}`;
    this.#uploads.set(path, Buffer.of());
    this.#locate(path, response).writeHead(202).end();
  }

  #append(path: string, body: Buffer): void {
    this.#uploads.set(path, Buffer.concat([this.#uploads.get(path) ?? Buffer.of(), body]));
  }

  #locate(path: string, response: ServerResponse): ServerResponse {
    const { locations = 'relative' } = this.#options;
    const origin = locations === 'absolute' ? this.origin : '';
    return response.setHeader('Location', `${origin}/v2/${REPOSITORY}/${path}?state=1`);
  }

  #endUpload(path: string, digest: string, response: ServerResponse): void {
    const content = this.#uploads.get(path) ?? Buffer.of();
    if (digestOf(content) !== digest) {
      refuse(response, { status: 400, code: 'DIGEST_INVALID', message: 'not the content' });
      return;
    }
    this.blobs.set(digest, content);
    response.writeHead(201).end();
  }

  #takeManifest(tag: string, body: Buffer, response: ServerResponse): void {
    const { config, layers } = JSON.parse(body.toString()) as {
      readonly config: { readonly digest: string };
      readonly layers: readonly { readonly digest: string }[];
    };
    const missing = [config, ...layers].find(({ digest }) => !this.blobs.has(digest));
    if (this.manifests.has(tag)) {
      refuse(response, { status: 400, code: 'TAG_INVALID', message: 'the tag is immutable' });
    } else if (missing !== undefined) {
      refuse(response, { status: 400, code: 'MANIFEST_BLOB_UNKNOWN', message: missing.digest });
    } else {
      this.manifests.set(tag, body);
      response.writeHead(201).end();
    }
  }
}

function digestOf(content: Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

function give(response: ServerResponse, content: Buffer | undefined): void {
  if (content === undefined) refuse(response, { status: 404, code: 'NOT_FOUND' });
  else response.writeHead(200).end(content);
}

function refuse(
  response: ServerResponse,
  { status, code = '', message = '', location }: FaultyAnswer,
): void {
  if (location !== undefined) response.setHeader('Location', location);
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(code === '' ? '' : JSON.stringify({ errors: [{ code, message }] }));
}
