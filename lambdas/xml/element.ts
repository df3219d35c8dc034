/** The text of a document, and the place that errors name. */
export interface XmlDocument {
  /** The place that the document was read from. */
  readonly href: string;
  readonly text: string;
}

/**
 * An element of a document that readXml reads. Its attributes are known when it opens, its text when it closes.
 *
 * @example
 * // <gml:pos xmlns:gml="http://www.opengis.net/gml" srsName="EPSG:4326">48 11</gml:pos>
 * element.name; // 'gml:pos'
 * element.local; // 'pos'
 * element.uri; // 'http://www.opengis.net/gml'
 * element.attribute('srsName'); // 'EPSG:4326'
 * element.text; // '48 11'
 */
export interface XmlElement {
  /** As written, with its prefix. Use it for errors only, because a writer may choose any prefix. */
  readonly name: string;
  /** The name without its prefix. */
  readonly local: string;
  /** URI of its namespace; '' without a namespace. */
  readonly uri: string;
  /** The namespaces that this element itself declares, by prefix; '' is the default namespace. */
  readonly namespaces: Readonly<Record<string, string>>;
  readonly parent: XmlElement | undefined;
  /** The text before its first child element, with its white space; references and CDATA are resolved. */
  readonly text: string;
  /** Offset of the end of its start tag, in UTF-16 code units. */
  readonly end: number;
  /** Returns the value of an attribute without a prefix; undefined if the element does not have it. */
  attribute(name: string): string | undefined;
}

export interface XmlHandlers {
  /** Called at the start tag. */
  open?(element: XmlElement): void;
  /** Called at the end tag, when the text is complete. */
  close?(element: XmlElement): void;
}

/** More than a real document needs. */
export const MAX_DEPTH = 256;
