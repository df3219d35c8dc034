import { describe, expect, test } from '@jest/globals';

import {
  handleTokenRequest,
  fixedToken,
  memoryTokenStore,
} from '../../../local/container/shared-token.js';

describe('the token that containers share', () => {
  test('is requested by one container at a time, until that one has written it or died', async () => {
    let now = 0;
    const store = memoryTokenStore(() => now);
    const claim = () => handleTokenRequest(store, { kind: 'claim' });

    expect([await claim(), await claim()]).toEqual([true, false]);
    now = 15_000;
    expect(await claim()).toBe(true);

    const token = { value: 't', renewAt: 1, expiresAt: 2 };
    await handleTokenRequest(store, { kind: 'write', token });
    expect(await handleTokenRequest(store, { kind: 'read' })).toBe(token);
    expect(await claim()).toBe(true);
  });

  test('may be a fixed token', async () => {
    const tokens = fixedToken('given');
    tokens.forget('given');

    expect(await tokens.get()).toBe('given');
  });
});
