import { existsSync, statSync } from 'node:fs';
import { FieldError } from '../../../modules/config/values/error.js';
import { parsePythonFunction, PYTHON_FILE } from '../../../modules/config/values/python.js';
import type { Answers, Question } from '../answers.js';
import { oneLine } from './parsers.js';

/** Questions about what makes the Items: TypeScript, or a package in Python. */
export const PYTHON_QUESTIONS: readonly Question[] = [
  {
    name: 'python',
    flag: '--python <package.module:function>',
    says: 'the Python function that makes an Item of an href; none for TypeScript',
    asks: 'A Python function that makes the Items, package.module:function (none for TypeScript):',
    default: () => 'none',
    parse: parsePython,
  },
  {
    name: 'requirement',
    flag: '--requirement <packages>',
    says: 'with --python: the package, and what it needs without declaring it, such as "waves==1.2 h5py"',
    asks: 'The package, and others that it needs without declaring them, separated by spaces:',
    useless: withoutPython,
    default: ({ python = '' }) => packageOf(python),
    parse: oneLine,
  },
  {
    name: 'sample',
    flag: '--sample <file>',
    says: 'with --python: a small granule on disk for the sample, or none',
    asks: 'A small granule on disk, for the sample (none if you have none yet):',
    useless: withoutPython,
    default: () => 'none',
    parse: parseSample,
  },
];

function parsePython(value: string): string {
  if (value === 'none') return value;
  if (value === PYTHON_FILE)
    throw new FieldError(
      `must be package.module:function: ${PYTHON_FILE} is a file of your own, which you can name in config.yaml afterwards`,
    );
  return parsePythonFunction(value);
}

function withoutPython({ python = 'none' }: Answers): string | undefined {
  return python === 'none' ? 'TypeScript: pass --python as well' : undefined;
}

/** stactools.noaa_cdr.stac:create_item is in stactools-noaa-cdr, other.stac:create_item in other. */
function packageOf(python: string): string {
  const [first = '', second = ''] = python.replace(/:.*$/, '').split('.');
  const name = first === 'stactools' && second !== '' ? `${first}-${second}` : first;
  return name.replaceAll('_', '-');
}

function parseSample(value: string): string {
  if (value === 'none' || (existsSync(value) && statSync(value).isFile())) return value;
  throw new FieldError('must be a file that exists, or none');
}
