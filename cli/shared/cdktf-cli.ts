import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { UsageError } from './command.js';

/** A program that runs the app main.ts and Terraform: cdktf-cli, or cdktn-cli, its maintained successor. */
export interface Cli {
  readonly name: 'cdktf' | 'cdktn';
  /** Absolute path of its JavaScript. */
  readonly program: string;
}

/** cdktf-cli has a native module that cannot be built for this version of Node and later ones. */
const FIRST_WITHOUT_CDKTF = 24;
/** The engines of cdktn-cli's package.json. */
const FIRST_WITH_CDKTN = [22, 19] as const;

const require = createRequire(import.meta.url);

/** What decides which CLI runs. */
export interface Choice {
  /** The value of CDK_CLI; '' to take the one that runs. */
  readonly wanted: string;
  /** The version of Node, such as `22.19.0`. */
  readonly node: string;
  /** Whether the native module of cdktf-cli can be loaded. */
  readonly isBuilt: () => boolean;
}

/**
 * Returns cdktf-cli if it runs on this version of Node, otherwise cdktn-cli. CDK_CLI=cdktf or cdktn wants one. Throws
 * UsageError if that is neither, and if the wanted one, or both, do not run.
 *
 * @example
 * chooseCli({ wanted: '', node: '24.1.0', isBuilt: isCdktfBuilt }); // { name: 'cdktn', program: '/.../cdktn.js' }
 */
export function chooseCli({ wanted, node, isBuilt }: Choice): Cli {
  const [major = 0, minor = 0] = node.split('.').map(Number);
  const hasCdktn =
    major > FIRST_WITH_CDKTN[0] || (major === FIRST_WITH_CDKTN[0] && minor >= FIRST_WITH_CDKTN[1]);
  const hasCdktf = major < FIRST_WITHOUT_CDKTF;
  switch (wanted) {
    case '':
      if (hasCdktf && isBuilt()) return cliOf('cdktf');
      if (hasCdktn) return cliOf('cdktn');
      throw new UsageError(
        `cdktf-cli is not built for Node ${node}: run npm rebuild ${PTY}, or use Node ${FIRST_WITH_CDKTN.join('.')} or later`,
      );
    case 'cdktf':
      if (hasCdktf) return cliOf('cdktf');
      throw new UsageError(
        `cdktf-cli does not run on Node ${node}: unset CDK_CLI to use cdktn-cli, its successor`,
      );
    case 'cdktn':
      if (hasCdktn) return cliOf('cdktn');
      throw new UsageError(
        `cdktn-cli needs Node ${FIRST_WITH_CDKTN.join('.')} or later (this is ${node}): unset CDK_CLI to use cdktf-cli`,
      );
    default:
      throw new UsageError(`CDK_CLI must be cdktf or cdktn (given ${JSON.stringify(wanted)})`);
  }
}

/** Returns the command that `npx` runs on this version of Node. */
export function bareCli(): Cli['name'] {
  return Number.parseInt(process.versions.node) < FIRST_WITHOUT_CDKTF ? 'cdktf' : 'cdktn';
}

function cliOf(name: Cli['name']): Cli {
  const folder = dirname(require.resolve(`${name}-cli/package.json`));
  return { name, program: join(folder, 'bundle', 'bin', `${name}.js`) };
}

const PTY = '@cdktf/node-pty-prebuilt-multiarch';

/** Loads the native module of cdktf-cli, which may be missing, or built for another version of Node. */
export function isCdktfBuilt(): boolean {
  try {
    const ofCli = createRequire(require.resolve('cdktf-cli/package.json'));
    const folder = dirname(ofCli.resolve(`${PTY}/package.json`));
    const { ptyPath } = ofCli(`${PTY}/lib/prebuild-file-path.js`) as { ptyPath: string | null };
    ofCli(ptyPath ?? join(folder, 'build', 'Release', 'pty.node'));
    return true;
  } catch {
    return false;
  }
}
