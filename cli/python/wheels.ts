import { givenTexts } from '../../modules/config/environment/keys.js';

/** The platforms of Linux by the names of their processors, as uv calls them. */
export const PLATFORMS = {
  x86_64: 'x86_64-manylinux_2_28',
  arm64: 'aarch64-manylinux_2_28',
} as const;

type Processor = keyof typeof PLATFORMS;

/**
 * The processors that a lock must have wheels for: both, because machines of authors have x86_64 as a rule; with
 * `architecture: x86_64` in config.yaml only that one, unless an environment says arm64.
 */
export function processorsOf(folder: string): readonly Processor[] {
  const given = givenTexts(folder, 'architecture').map(({ text }) => text);
  const isOnly = given.length > 0 && given.every((text) => text === 'x86_64');
  return isOnly ? ['x86_64'] : ['x86_64', 'arm64'];
}

const NO_SOLUTION =
  /^No solution found when resolving dependencies(?: for split \(.*?\))?:?\s*(?:cause:\s*)?/;

/** Makes a sentence of uv's reason why packages do not go together, which is a proof. */
export function whyNoLock(reason: string): string {
  const cause = reason.replace(NO_SOLUTION, '');
  const [, name] =
    /^Because (?:all versions of )?([\w.-]+)\S* ha(?:s|ve) no usable wheels/.exec(cause) ?? [];
  return name === undefined
    ? cause
    : `${name} has no wheel, and nothing is built from source: use another package or version. ${cause}`;
}

/** Says which locked package has no wheel for a processor. */
export function whyNoWheel(
  reason: string,
  { name, requirements }: { readonly name: Processor; readonly requirements: string },
): string {
  const found = /([\w.-]+)(?:[<>=!~]=?\S*)? has no (?:usable wheels|wheels with a matching)/.exec(
    reason,
  );
  if (found === null)
    return `${requirements} cannot be locked for Linux on ${name}: ${whyNoLock(reason)}`;
  const advice =
    name === 'arm64'
      ? ', or set architecture: x86_64 in config.yaml'
      : ', or exclude it on Linux by a marker';
  return `${found[1] ?? ''} has no wheel for Linux on ${name}: allow a version in ${requirements} that has one${advice}`;
}
