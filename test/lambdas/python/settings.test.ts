import { afterEach, describe, expect, test } from '@jest/globals';
import { isPythonHere, pythonSettings } from '../../../lambdas/python/settings.js';

const REQUIRED = {
  PYTHON_FUNCTION: 'package.stac:create_item',
  PYTHON_EXECUTABLE: 'python3',
  PYTHON_WORKER: '/task/worker.py',
  PYTHON_FOLDER: '/task/pipeline',
};
const set = (variables: Readonly<Record<string, string>>) => Object.assign(process.env, variables);
const before = { ...process.env };

afterEach(() => {
  process.env = { ...before };
});

describe('the settings of a Python pipeline', () => {
  test('have defaults', () => {
    set(REQUIRED);

    expect(pythonSettings()).toEqual({
      function: 'package.stac:create_item',
      arguments: {},
      granuleInput: 'file',
      granuleSeconds: 20,
      permanentErrors: [],
      granuleFiles: [],
      outputArgument: 'output',
      requesterPays: false,
      executable: 'python3',
      worker: '/task/worker.py',
      folder: '/task/pipeline',
    });
  });

  test('come from the environment', () => {
    set({
      ...REQUIRED,
      PYTHON_ARGUMENTS: '{"use_usgs_geometry":false}',
      PERMANENT_ERRORS: '["ValueError"]',
      GRANULE_INPUT: 'href',
      GRANULE_SECONDS: '45',
      GRANULE_FILES: '["_ANG.txt"]',
      OUTPUT_ARGUMENT: 'directory',
      REQUESTER_PAYS: 'true',
    });

    expect(pythonSettings()).toMatchObject({
      arguments: { use_usgs_geometry: false },
      permanentErrors: ['ValueError'],
      granuleInput: 'href',
      granuleSeconds: 45,
      granuleFiles: ['_ANG.txt'],
      outputArgument: 'directory',
      requesterPays: true,
    });
  });

  test.each([
    [{ PYTHON_ARGUMENTS: '[1]' }, "PYTHON_ARGUMENTS is not a mapping as JSON (given '[1]')"],
    [{ PERMANENT_ERRORS: 'no JSON' }, 'PERMANENT_ERRORS is not a list of class names as JSON'],
    [{ PYTHON_WORKER: '' }, 'PYTHON_WORKER is not set'],
  ])('%j is refused', (variables, message) => {
    set({ ...REQUIRED, ...variables });

    expect(pythonSettings).toThrow(message);
  });

  test('a module that is only loaded starts no Python', () => {
    expect(isPythonHere()).toBe(false);
    set(REQUIRED);
    expect(isPythonHere()).toBe(true);
  });
});
