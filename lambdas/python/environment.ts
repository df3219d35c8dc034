/**
 * Variables that Python and the libraries below it need. Everything else stays in this process, above all credentials:
 * third-party code runs in the worker.
 */
const PASSED =
  /^(PATH|HOME|LANG|LC_\w+|TZ|LD_LIBRARY_PATH|SSL_CERT_(FILE|DIR)|\w+_CA_BUNDLE|(HTTPS?|NO|ALL)_PROXY|(GDAL|PROJ|CPL|PYTHON(?!_))\w*)$/i;

interface EnvironmentOptions {
  readonly granuleInput: 'file' | 'href';
  readonly requesterPays: boolean;
  /** The only folder that is certain to be writable. */
  readonly temporary: string;
}

/**
 * Returns the environment of the worker process. GDAL must neither remember that an object was missing, nor serve the
 * headers of an object that was overwritten: the process lives longer than both.
 *
 * @see https://gdal.org/en/stable/user/configoptions.html#confval-CPL_VSIL_CURL_NON_CACHED
 */
export function workerEnvironment(
  own: NodeJS.ProcessEnv,
  { granuleInput, requesterPays, temporary }: EnvironmentOptions,
): Record<string, string> {
  // In href mode the package reads from S3 itself.
  const isPassed = (name: string) =>
    PASSED.test(name) || (granuleInput === 'href' && name.startsWith('AWS_'));
  const passed = Object.entries(own).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && isPassed(entry[0]),
  );
  return Object.fromEntries([
    ...Object.entries({
      GDAL_DISABLE_READDIR_ON_OPEN: 'EMPTY_DIR',
      PYTHONDONTWRITEBYTECODE: '1',
      // One granule at a time on less than one processor.
      OPENBLAS_NUM_THREADS: '1',
      OMP_NUM_THREADS: '1',
    }),
    ...passed,
    ...Object.entries({
      CPL_VSIL_CURL_NON_CACHED: '/vsis3/:/vsicurl/',
      HOME: temporary,
      TMPDIR: temporary,
      ...(requesterPays && { AWS_REQUEST_PAYER: 'requester' }),
    }),
  ]);
}
