import { expect, test } from '@jest/globals';
import { billOfMillion, gbSecondsOf } from './billing.js';

const FUNCTION = { batchSize: 10, memoryMb: 512, architecture: 'arm64' } as const;

test('a million Items are billed by whole milliseconds, memory and requests', () => {
  // 100,000 invocations of 201 ms with half a GB.
  const { gbSeconds, usd } = billOfMillion({ ...FUNCTION, milliseconds: [200.2, 200.9] });

  expect(gbSeconds).toBeCloseTo(100_000 * 0.201 * 0.5, 6);
  expect(usd).toBeCloseTo(10_050 * 0.0000133334 + 0.1 * 0.2, 6);
});

test('a GB-second on x86 costs a quarter more than on arm64', () => {
  const [arm64, x86] = (['arm64', 'x86'] as const).map((architecture) =>
    billOfMillion({ ...FUNCTION, architecture, milliseconds: [1000] }),
  );

  const requests = 0.02;
  expect(((x86?.usd ?? 0) - requests) / ((arm64?.usd ?? 0) - requests)).toBeCloseTo(1.25, 4);
});

test('one invocation of 1.5 s with 1,024 MB is 1.5 GB-seconds', () => {
  expect(gbSecondsOf(1500, { memoryMb: 1024 })).toBe(1.5);
});
