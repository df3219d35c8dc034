/** The package that holds the ingestor; versions and hashes of Python packages are in requirements/*.txt. */

/** eoapi-cdk's Python folder is the ingestor and its loader. The hash is npm's `integrity`. */
export const EOAPI_CDK = {
  name: 'eoapi-cdk',
  version: '10.3.0',
  integrity:
    'sha512-3MSDtltIKp90gbc/PsXEOV5fiKnIhEN/HWJ5iFiWPBEtRMc1hK6KI4ck3BjECXItGVrngblA00uf259xRgnWoQ==',
  runtime: 'package/lib/ingestor-api/runtime',
} as const;

/** Oldest version of Python for which every pinned package has wheels. */
export const PYTHON = [3, 11] as const;

/** Extensions that pgSTAC needs. The first is in a Debian package for the server's major version. */
export const EXTENSIONS = ['postgis', 'btree_gist', 'unaccent'] as const;
export const postgisPackage = (major: string): string => `postgresql-${major}-postgis-3`;
