import { describe, expect, test } from '@jest/globals';
import { workerEnvironment } from '../../../lambdas/python/environment.js';

const OWN = {
  PATH: '/usr/bin',
  HTTPS_PROXY: 'http://proxy',
  SSL_CERT_FILE: '/etc/ssl/own.pem',
  GDAL_CACHEMAX: '64',
  OMP_NUM_THREADS: '2',
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'key',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_SESSION_TOKEN: 'token',
  AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.2',
  SECRET_ARN: 'arn',
  INGESTOR_TOKEN: 'token',
  PYTHON_FUNCTION: 'a:b',
  UNSET: undefined,
};
const settings = { granuleInput: 'file', requesterPays: false, temporary: '/tmp' } as const;

describe('the environment of the Python worker', () => {
  test('has no credentials if the package receives a file', () => {
    expect(workerEnvironment(OWN, settings)).toEqual({
      PATH: '/usr/bin',
      HTTPS_PROXY: 'http://proxy',
      SSL_CERT_FILE: '/etc/ssl/own.pem',
      GDAL_CACHEMAX: '64',
      GDAL_DISABLE_READDIR_ON_OPEN: 'EMPTY_DIR',
      CPL_VSIL_CURL_NON_CACHED: '/vsis3/:/vsicurl/',
      PYTHONDONTWRITEBYTECODE: '1',
      OPENBLAS_NUM_THREADS: '1',
      OMP_NUM_THREADS: '1',
      HOME: '/tmp',
      TMPDIR: '/tmp',
    });
  });

  test('has the credentials if the package reads from S3 itself', () => {
    const environment = workerEnvironment(OWN, {
      ...settings,
      granuleInput: 'href',
      requesterPays: true,
    });

    expect(environment).toMatchObject({
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'key',
      AWS_SESSION_TOKEN: 'token',
      AWS_REQUEST_PAYER: 'requester',
    });
    expect(Object.keys(environment)).not.toContain('SECRET_ARN');
  });

  test.each(['CPL_VSIL_CURL_NON_CACHED', 'HOME', 'TMPDIR'])('sets %s itself', (name) => {
    expect(workerEnvironment({ [name]: 'other' }, settings)[name]).not.toBe('other');
  });
});
