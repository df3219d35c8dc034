/** What the suite installs beside npm's packages; Python's versions and hashes are in requirements/*.txt. */

/** Its Python folder is the ingestor and its loader. The hash is npm's own `integrity`. */
export const EOAPI_CDK = {
  name: 'eoapi-cdk',
  version: '10.3.0',
  integrity:
    'sha512-3MSDtltIKp90gbc/PsXEOV5fiKnIhEN/HWJ5iFiWPBEtRMc1hK6KI4ck3BjECXItGVrngblA00uf259xRgnWoQ==',
  runtime: 'package/lib/ingestor-api/runtime',
} as const;

/** The oldest that every pinned package has wheels for. */
export const PYTHON = [3, 11] as const;

/** Extensions that pgSTAC needs; the first comes with Debian's package of the server's own major version. */
export const EXTENSIONS = ['postgis', 'btree_gist', 'unaccent'] as const;
export const postgisPackage = (major: string): string => `postgresql-${major}-postgis-3`;
