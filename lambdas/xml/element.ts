export interface XmlDocument {
  /** Where it was read, for errors. */
  readonly href: string;
  readonly text: string;
}

/** An element while a document is read: its attributes when it opens, its text by the time it closes. */
export interface XmlElement {
  /** As written, prefix included: for errors only, since the prefix is the writer's choice. */
  readonly name: string;
  readonly local: string;
  /** Of its namespace; '' for none. */
  readonly uri: string;
  /** The prefixes that it declares, with their namespaces; '' is the default namespace. */
  readonly namespaces: Readonly<Record<string, string>>;
  readonly parent: XmlElement | undefined;
  /** What stands before its first child element; references and CDATA resolved, white space kept. */
  readonly text: string;
  /** Where its start tag ends, in UTF-16 units. */
  readonly end: number;
  /** The value of an attribute of no namespace. */
  attribute(name: string): string | undefined;
}

export interface XmlHandlers {
  open?(element: XmlElement): void;
  close?(element: XmlElement): void;
}

/** More than a legal document needs. */
export const MAX_DEPTH = 256;
