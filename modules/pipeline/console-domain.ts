/** Regions whose console has a domain of its own. */
export const CONSOLES: readonly (readonly [prefix: string, domain: string])[] = [
  ['cn-', 'console.amazonaws.cn'],
  ['us-gov-', 'console.amazonaws-us-gov.com'],
];

export const CONSOLE = 'console.aws.amazon.com';

export function consoleDomainOf(region: string): string {
  return CONSOLES.find(([prefix]) => region.startsWith(prefix))?.[1] ?? CONSOLE;
}
