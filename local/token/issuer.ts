import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';

/**
 * Issues and checks tokens in the form of the real endpoint's JWTs, but signed with HS256. Any process with the key can
 * check a token, so the ingestor and the token endpoint need not share memory.
 */
export interface TokenIssuer {
  issue(lifetimeSeconds: number): string;
  check(token: string): boolean;
}

export function tokenIssuer(key: string, now: () => number = Date.now): TokenIssuer {
  // Every request presents the same token, so the result of the last check is cached.
  let last: { readonly token: string; readonly expiresAt: number } | undefined;
  return {
    issue(lifetimeSeconds) {
      const issuedAt = Math.floor(now() / 1000);
      const claims = {
        sub: 'local',
        jti: randomUUID(),
        iat: issuedAt,
        exp: issuedAt + lifetimeSeconds,
      };
      const unsigned = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
      return `${unsigned}.${sign(unsigned, key)}`;
    },
    check(token) {
      if (last?.token === token) return last.expiresAt > now();
      const [header, payload, signature] = token.split('.');
      if (!header || !payload || !signature) return false;
      if (!equal(signature, sign(`${header}.${payload}`, key))) return false;
      const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { exp: number };
      last = { token, expiresAt: claims.exp * 1000 };
      return last.expiresAt > now();
    },
  };
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

function sign(text: string, key: string): string {
  return createHmac('sha256', key).update(text).digest('base64url');
}

function equal(left: string, right: string): boolean {
  return left.length === right.length && timingSafeEqual(Buffer.from(left), Buffer.from(right));
}
