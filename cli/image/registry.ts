import { createReadStream } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { systemClock, type Clock } from '../../lambdas/runtime/clock.js';
import { failureOf } from '../../lambdas/runtime/errors.js';
import { sendHttp, type HttpRequest } from '../../lambdas/runtime/http.js';
import { tryParseJson } from '../../lambdas/runtime/json.js';
import { retry } from '../../lambdas/runtime/retry.js';
import type { Registry } from './ecr.js';
import { refusalOf, RegistryError } from './registry-error.js';
import { parseRepository, type RepositoryPlace } from './registry-url.js';

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Sending {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** A file to send as the body, with its size in bytes. */
  readonly file?: { readonly path: string; readonly size: number };
}

/** How long to wait for a registry. */
export interface Timeouts {
  readonly limits: Pick<HttpRequest, 'connectMs' | 'idleMs' | 'timeoutMs'>;
  readonly clock: Clock;
}

/** A layer may have hundreds of megabytes, and the way to the registry may be slow: the limit of a request that makes progress is wide. */
const TIMEOUTS: Timeouts = {
  limits: { connectMs: 15_000, idleMs: 60_000, timeoutMs: 3_600_000 },
  clock: systemClock,
};

/**
 * One repository of a registry, over the HTTP API of the OCI. Credentials stay in this process: they are in no file and on
 * no command line, and go to the registry only.
 *
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md
 */
export class Repository {
  readonly #place: RepositoryPlace;
  readonly #registry: Registry;
  readonly #basic: string;
  readonly #timeouts: Timeouts;
  #authorization: string;

  constructor(registry: Registry, timeouts = TIMEOUTS) {
    const { url, username, password } = registry;
    this.#registry = registry;
    this.#timeouts = timeouts;
    this.#place = parseRepository(url);
    this.#basic = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    this.#authorization = this.#basic;
  }

  /** Does work that consists of calls; again, up to three times in all, if the registry was busy or a connection broke. */
  repeating<T>(work: () => Promise<T>): Promise<T> {
    return retry(work, {
      tries: TRIES,
      deadline: Infinity,
      backoff: { firstMs: 1_000 },
      isRetryable: (error) => error instanceof RegistryError && error.isTransient,
      clock: this.#timeouts.clock,
    });
  }

  /**
   * Sends a request to a path of the repository, or to a location that the registry gave. Throws RegistryError unless the
   * status is one of `expected`.
   *
   * @param failed what cannot be done
   */
  async call(
    method: Method,
    path: string,
    { expected, failed, ...sending }: Sending & Expectation,
  ): Promise<Reply> {
    const { origin, repository } = this.#place;
    const isLocation = /^(?:https?:\/)?\//.test(path);
    const url = new URL(isLocation ? path : `/v2/${repository}/${path}`, origin);
    let reply = await this.#sendAuthorized(method, url, sending);
    const { 'www-authenticate': challenge = '' } = reply.headers;
    if (reply.status === UNAUTHORIZED && /^Bearer /i.test(challenge)) {
      await this.#takeToken(challenge, failed);
      reply = await this.#sendAuthorized(method, url, sending);
    }
    if (!expected.includes(reply.status))
      throw refusalOf(reply, { failed, registry: this.#registry });
    return reply;
  }

  /** Exchanges the credentials for a token, where a registry wants one. */
  async #takeToken(challenge: string, failed: string): Promise<void> {
    const values = new Map(
      [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
    );
    const url = new URL(values.get('realm') ?? '', this.#place.origin);
    url.searchParams.set('service', values.get('service') ?? '');
    url.searchParams.set('scope', `repository:${this.#place.repository}:pull,push`);
    const reply = await this.#send('GET', url, { headers: { Authorization: this.#basic } });
    const token = tokenIn(reply.body);
    if (reply.status !== OK || token === undefined)
      throw refusalOf(reply, { failed, registry: this.#registry });
    this.#authorization = `Bearer ${token}`;
  }

  /** The credentials go to the registry only, and not to where it stores layers. */
  #sendAuthorized(method: Method, url: URL, sending: Sending): Promise<Reply> {
    const isOwn = url.origin === this.#place.origin;
    const authorization = isOwn ? { Authorization: this.#authorization } : {};
    return this.#send(method, url, {
      ...sending,
      headers: { ...sending.headers, ...authorization },
    });
  }

  async #send(
    method: Method,
    url: URL,
    { headers = {}, body = '', file }: Sending,
  ): Promise<Reply> {
    const size = file === undefined ? {} : { 'Content-Length': String(file.size) };
    try {
      const reply = await sendHttp({
        ...this.#timeouts.limits,
        method,
        url: url.href,
        headers: { ...headers, ...size },
        body: file === undefined ? body : createReadStream(file.path),
      });
      return { ...reply, body: reply.body.toString() };
    } catch (cause) {
      throw new RegistryError(`${url.origin} cannot be reached: ${failureOf(cause).message}`, {
        code: '',
        isTransient: true,
        cause,
      });
    }
  }
}

type Method = HttpRequest['method'];

interface Expectation {
  readonly expected: readonly number[];
  readonly failed: string;
}

const TRIES = 3;
const OK = 200;
const UNAUTHORIZED = 401;

function tokenIn(body: string): string | undefined {
  const { token, access_token } = (tryParseJson(body) ?? {}) as Readonly<Record<string, string>>;
  return token ?? access_token;
}
