import type * as z from 'zod/mini';
import { once } from '../../runtime/once.js';

/** The fields of one version of an extension, by their full names. */
export type ExtensionFields = Readonly<Record<string, z.ZodMiniType>>;

/** Parts of an Item or a Collection that have fields of extensions. `assets` includes item_assets. */
export type Place = 'properties' | 'assets' | 'bands' | 'links';

export interface Rules {
  /** Fields that an Item needs. */
  readonly required?: readonly string[];
  /** An Item needs at least one of the fields. */
  readonly requiresAny?: boolean;
  /** Where the needed fields have to be. `anywhere` is one of the places. @default 'properties' */
  readonly requiredIn?: 'properties' | 'anywhere';
  /** A Collection that declares the extension needs at least one of the fields, in any part of it. */
  readonly collectionRequiresAny?: boolean;
  /** Where the schema defines fields of the extension. @default properties and assets */
  readonly places?: readonly Place[];
  /** What to write instead of fields that this version removed. */
  readonly removed?: Readonly<Record<string, string>>;
  /** A field that an Item's properties may have only if an asset has it too. */
  readonly onlyWithAssets?: string;
}

/** The rules of the versions 2.0.0 whose fields may be in `bands`, in place of a list of bands of their own. */
export const FIELDS_OF_BANDS: Rules = {
  requiresAny: true,
  requiredIn: 'anywhere',
  collectionRequiresAny: true,
  places: ['properties', 'assets', 'bands'],
};

/** The rules of one version of an extension. */
export interface StacExtension extends Rules {
  /** As in the URL, such as `projection`. */
  readonly name: string;
  readonly version: string;
  /** With its colon, such as `proj:`. Empty if the extension has no fields of its own. */
  readonly prefix: string;
  readonly places: readonly Place[];
  /** Built on first use, because building schemas takes time that a cold start does not have. */
  readonly fields: ExtensionFields;
}

/** The versions of an extension, oldest first. */
export interface ExtensionTable {
  readonly name: string;
  readonly prefix: string;
  readonly versions: Readonly<Record<string, Rules & { readonly fields: () => ExtensionFields }>>;
}

/** Returns the versions of a table, oldest first. */
export function versionsOf({ name, prefix, versions }: ExtensionTable): StacExtension[] {
  return Object.entries(versions).map(([version, { fields, ...rules }]) => {
    const built = once(fields);
    return {
      places: ['properties', 'assets'],
      ...rules,
      name,
      version,
      prefix,
      get fields() {
        return built();
      },
    };
  });
}

export function schemaUrl({ name, version }: Pick<StacExtension, 'name' | 'version'>): string {
  return `https://stac-extensions.github.io/${name}/v${version}/schema.json`;
}
