import { arch } from 'node:process';
import { CommandError } from '../shared/command.js';
import { runChild } from '../shared/child.js';

/** A program that builds images from a Dockerfile. */
export type BuilderName = 'docker' | 'podman' | 'buildah';

export interface BuildRequest {
  /** The folder with the Dockerfile. */
  readonly context: string;
  /** The name of the image on this machine. */
  readonly name: string;
  /** `linux/arm64` or `linux/amd64`. */
  readonly platform: string;
  /** Values by name; undefined takes the value of the environment variable of that name. */
  readonly arguments: Readonly<Record<string, string | undefined>>;
  /** Further options of the builder. */
  readonly options: readonly string[];
}

/** The calls of a builder, each as a program and its words. */
interface Builder {
  /** They succeed only if there is an engine that can build. */
  readonly checks: readonly Call[];
  readonly build: (request: BuildRequest) => Call;
  /** Writes an image to a file, in the form that `docker save` writes. */
  readonly save: (name: string, file: string) => Call;
}

export type Call = readonly [program: string, ...words: string[]];

/** Lambda takes a single manifest; with these buildx would make an index. */
const SINGLE_MANIFEST = ['--provenance=false', '--sbom=false'];

/**
 * For podman and buildah, whose old versions do not know the platforms, and keep the containers of a build that failed.
 * Times in the image would make another digest of the same content.
 */
function withoutTimes({ platform, ...request }: BuildRequest): readonly string[] {
  const here = `linux/${arch === 'arm64' ? 'arm64' : 'amd64'}`;
  return [
    ...['--timestamp', '0', '--force-rm'],
    ...['--build-arg', `BUILD_PLATFORM=${here}`, '--build-arg', `TARGET_PLATFORM=${platform}`],
    ...common({ platform, ...request }),
  ];
}

/** In the order in which they are tried. */
export const BUILDERS: Readonly<Record<BuilderName, Builder>> = {
  docker: {
    checks: [
      ['docker', 'version'],
      ['docker', 'buildx', 'version'],
    ],
    build: (request) => [
      ...(['docker', 'buildx', 'build', '--load', '--progress=plain'] as const),
      ...SINGLE_MANIFEST,
      ...common(request),
    ],
    save: (name, file) => ['docker', 'image', 'save', '--output', file, name],
  },
  podman: {
    checks: [['podman', 'info']],
    build: (request) => ['podman', 'build', ...withoutTimes(request)],
    save: (name, file) => [
      ...(['podman', 'image', 'save', '--quiet', '--format', 'docker-archive'] as const),
      ...['--output', file, name],
    ],
  },
  buildah: {
    checks: [['buildah', 'info']],
    build: (request) => ['buildah', 'build', '--layers', ...withoutTimes(request)],
    save: (name, file) => ['buildah', 'push', '--quiet', name, `docker-archive:${file}:${name}`],
  },
};

export const BUILDER_NAMES = Object.keys(BUILDERS) as readonly BuilderName[];

function common(request: BuildRequest): readonly string[] {
  const values = Object.entries(request.arguments).flatMap(([name, value]) => [
    '--build-arg',
    value === undefined ? name : `${name}=${value}`,
  ]);
  const { platform, name, options, context } = request;
  return [`--platform=${platform}`, '--tag', name, ...values, ...options, context];
}

/**
 * Returns the first builder that can build: a client without its engine cannot. Throws CommandError with what is wrong
 * with each. @param wanted the only one to try
 */
export async function findBuilder(wanted?: BuilderName): Promise<BuilderName> {
  const names = wanted === undefined ? BUILDER_NAMES : [wanted];
  const problems: string[] = [];
  for (const name of names) {
    const problem = await problemOf(name);
    if (problem === undefined) return name;
    problems.push(problem);
  }
  throw new CommandError(
    `no image can be built, because ${problems.join('; ')}: install and start docker (with buildx), podman or buildah`,
  );
}

const NOT_FOUND = 127;

async function problemOf(name: BuilderName): Promise<string | undefined> {
  for (const [program, ...words] of BUILDERS[name].checks) {
    const { code, stderr } = await runChild(program, words, { cwd: '.' });
    if (code === NOT_FOUND) return `${name} is not on the PATH`;
    if (code !== 0) return `${name} is installed but cannot build (${reasonIn(stderr)})`;
  }
  return undefined;
}

/** The first line that says something, as a part of a sentence. */
function reasonIn(output: string): string {
  const lines = output.split('\n').map((line) => line.trim());
  const [first = 'it gives no reason'] = lines.filter((line) => line !== '');
  return first.replace(/^(?:error|ERROR|Error): */, '').replace(/\.$/, '');
}
