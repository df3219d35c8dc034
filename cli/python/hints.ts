/** The packages of modules that are called otherwise, or whose newest version will not do. */
const PACKAGES: Readonly<Record<string, string>> = {
  pkg_resources: 'setuptools<81',
  setuptools: 'setuptools<81',
  distutils: 'setuptools<81',
  affine: 'affine<3',
  bs4: 'beautifulsoup4',
  cv2: 'opencv-python-headless',
  dateutil: 'python-dateutil',
  netCDF4: 'netcdf4',
  PIL: 'pillow',
  skimage: 'scikit-image',
  sklearn: 'scikit-learn',
  yaml: 'pyyaml',
};

/** The line of requirements.in that brings a module, by its name in an error of Python. */
export function requirementFor(module: string): string {
  const [top = module] = module.split('.');
  return PACKAGES[top] ?? top.replaceAll('_', '-');
}

/** Returns advice for an error of Python: the line to add to requirements.in; undefined if none is known. */
export function hintFor(error: string, requirements: string): string | undefined {
  const add = (line: string, why: string) =>
    `add the line ${line} to ${requirements}, ${why}, and run it again`;
  const [, module] = /No module named '([\w.]+)'/.exec(error) ?? [];
  if (module !== undefined) {
    return add(requirementFor(module), `since a package needs it and does not say so`);
  }
  if (/\bAffine\b/.test(error)) {
    return add('affine<3', 'since later versions give values that are not JSON');
  }
  if (/IO backends|xarray's IO backends|engine.*(?:h5netcdf|netcdf4)/.test(error)) {
    return add('h5py', 'since xarray needs it for NetCDF files and does not say so');
  }
  return undefined;
}
