import { join } from 'node:path';
import { ARCHITECTURE } from '../../support/images/base-images.js';
import { ROOT } from '../system/places.js';

/** The pipeline in Python that the suite deploys. */
export const ID = 'noaa_oisst';
export const COLLECTION = 'noaa-cdr-sea-surface-temperature-optimum-interpolation';
export const SOURCE = 'oisst-granules';
export const COPIES = 'oisst-copies';
/** A granule of the sample. */
export const FILE = 'oisst-avhrr-v02r01.20220913.nc';
export const SAMPLE = join(ROOT, 'pipelines', ID, 'sample/bucket/data/v2.1/avhrr/202209');
export const CONFIG = {
  id: ID,
  config: {
    sns: undefined,
    source: [`s3://${SOURCE}/data/`],
    outputs: `s3://${COPIES}/oisst`,
    architecture: ARCHITECTURE,
    retry_delay_seconds: 0,
    batch_size: 1,
    granule_seconds: 4,
  },
} as const;

/** Returns the key of a day's granule. */
export function keyOf(day: string): string {
  return `data/v2.1/avhrr/${day.slice(0, 6)}/oisst-avhrr-v02r01.${day}.nc`;
}

/** A Dockerfile of the pipeline. */
export const DOCKERFILE = 'FROM ${BASE_IMAGE}\nENV GDAL_CACHEMAX=128\n';

/** Python code that crashes the process on one day, never ends on the next, and has no Item on the third. */
export const FAULTS = `def create_item(href, output=None):
    import os, signal, time
    from stac_pipelines import GranuleError

    if "19990101" in href:
        os.kill(os.getpid(), signal.SIGSEGV)
    if "19990102" in href:
        time.sleep(600)
    if "19990103" in href:
        raise GranuleError("a year without a satellite")
    return make(href, output)


def make(`;
