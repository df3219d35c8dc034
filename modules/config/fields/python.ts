import { parseS3Location } from '../values/s3-location.js';
import {
  parseClassName,
  parseFileEnding,
  parseGranulePattern,
  parseIdentifier,
  parsePythonArguments,
  parsePythonFunction,
} from '../values/python.js';
import type { Fields } from './field.js';

const NEEDS_PYTHON = { python_function: 'only a pipeline in Python has it' } as const;

/** The time that one granule may take in a Python pipeline, where config.yaml says nothing. */
export const GRANULE_SECONDS = 20;

export const PYTHON_FIELDS = {
  python_function: {
    kind: 'text',
    parse: parsePythonFunction,
    unset: 'app.ts creates the Items',
    says: 'the Python function that creates the Items',
    note: 'With it, app.ts and historic.ts are optional.',
    allowed:
      '`package.module:function` of a package in requirements.in, or `create_item.py` for the function `create_item` ' +
      "of this file in the pipeline's folder",
  },
  python_arguments: {
    kind: 'mapping',
    values: 'any',
    of: 'names of arguments to values',
    parse: parsePythonArguments,
    default: {},
    needs: NEEDS_PYTHON,
    says: 'the arguments that the function is called with, by name, in addition to the href',
    allowed: 'mapping of names to values that JSON can express, at most 1500 bytes',
  },
  granule_pattern: {
    kind: 'text',
    parse: parseGranulePattern,
    needs: {
      python_function: NEEDS_PYTHON.python_function,
      source: 'its first bucket is the one of the keys',
    },
    says: 'the regular expression that finds the keys of granules',
    note: 'It may match any part of a key. A group `(?<id>...)` is the id of the Item. Required without app.ts, and for a backfill without historic.ts.',
    allowed:
      'regular expression that JavaScript and Athena read alike: no lookarounds, no references to groups, no name of ' +
      'a group but `(?<id>...)`; `\\d`, `\\w`, `\\s`, `\\b`',
  },
  granule_input: {
    kind: 'choice',
    values: ['file', 'href'],
    default: 'file',
    needs: NEEDS_PYTHON,
    says: 'what the function is given: the path of the downloaded file, or the href, which the package reads itself',
  },
  granule_files: {
    kind: 'list',
    parse: parseFileEnding,
    of: 'endings of keys',
    default: [],
    needs: {
      python_function: NEEDS_PYTHON.python_function,
      granule_pattern: 'an ending takes the place of what it matches',
    },
    says: 'other files of the granule that are downloaded beside it',
    note: 'Each takes the place of what granule_pattern matches in the key, after its group `(?<id>...)` if it has one: with `_MTL\\.xml$`, `_ANG.txt` is the file `..._ANG.txt` beside `..._MTL.xml`.',
    allowed: 'list of endings of keys, such as `_ANG.txt`',
  },
  permanent_errors: {
    kind: 'list',
    parse: parseClassName,
    of: 'names of Python classes',
    default: [],
    needs: NEEDS_PYTHON,
    says: 'the errors that a retry cannot help, in addition to FileNotFoundError and GranuleError',
    allowed:
      'list of names of Python classes, such as `ValueError` or `rasterio.errors.RasterioIOError`',
  },
  granule_seconds: {
    kind: 'number',
    min: 1,
    max: 900,
    unit: 'seconds',
    default: GRANULE_SECONDS,
    needs: NEEDS_PYTHON,
    says: 'the time after which the function is stopped, for each granule',
    note: 'It must be less than half of timeout_seconds.',
  },
  outputs: {
    kind: 'text',
    parse: (value) => {
      parseS3Location(value);
      return value.replace(/\/+$/, '');
    },
    unset: 'no copies',
    says: 'the S3 location for files that are made together with the Items, such as cloud-optimized copies',
    allowed: '`s3://bucket/prefix`',
  },
  output_argument: {
    kind: 'text',
    parse: parseIdentifier,
    default: 'output',
    needs: {
      python_function: NEEDS_PYTHON.python_function,
      outputs: 'without it there is no folder to pass',
    },
    says: 'the argument of the function that takes the folder for such files',
    allowed: 'name of an argument',
  },
  scratch_mb: {
    kind: 'number',
    min: 512,
    max: 10_240,
    unit: 'megabytes',
    default: 512,
    needs: NEEDS_PYTHON,
    says: 'the size of the temporary folder, which holds the downloaded and the written files',
  },
  architecture: {
    kind: 'choice',
    values: ['arm64', 'x86_64'],
    default: 'arm64',
    needs: NEEDS_PYTHON,
    says: 'the processor of the function that creates the Items',
  },
} as const satisfies Fields;
