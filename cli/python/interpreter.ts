import { baseImages, pythonVersionOf } from '../../modules/image/base-images.js';
import { CommandError } from '../shared/command.js';
import { call } from './call.js';

/** The oldest first: it is what a lock is made for, and the one for which old packages have wheels. */
const CANDIDATES = ['python3.11', 'python3.12', 'python3.13', 'python3.14', 'python3', 'python'];
const IS_NEW_ENOUGH = 'import sys; sys.exit(sys.version_info < (3, 11))';

/** Returns the version of Python that images have, such as 3.12; undefined if PYTHON_IMAGE does not say it. */
export function imagePython(): string | undefined {
  return pythonVersionOf(baseImages(process.env));
}

/**
 * Returns the name of a Python 3.11 or later on the PATH: that of the images if it is there, so that what works here works
 * deployed. Throws CommandError. @param user what needs it
 */
export async function findPython(user: string): Promise<string> {
  const version = imagePython();
  const first = version === undefined ? [] : [`python${version}`];
  for (const candidate of new Set([...first, ...CANDIDATES])) {
    // A shim may be there without a Python behind it.
    const { code } = await call([candidate, '-c', IS_NEW_ENOUGH]);
    if (code === 0) return candidate;
  }
  throw new CommandError(
    `${user} needs Python 3.11 or later, and none of ${CANDIDATES.join(', ')} on the PATH is: install Python ${version ?? '3.12'}`,
  );
}

const VERSION = 'import sys; print("%d.%d" % sys.version_info[:2])';

/** Returns the version of an interpreter, such as 3.12. */
export async function versionOf(interpreter: string): Promise<string> {
  const { stdout } = await call([interpreter, '-c', VERSION]);
  return stdout.trim();
}
