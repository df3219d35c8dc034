const EXISTS = String.raw`(?:already exists?|exists already|is already (?:ingested|queued|there))\b`;
/** Texts that name no id: `Item already exists`, `Conflict: an item with this id already exists`. */
const THIS_ITEM = new RegExp(
  String.raw`^(?:conflict:? )?(?:(?:this|the|an?) )?(?:item|feature|ingestion)(?: with (?:this|the same|that) id)? ${EXISTS}`,
  'i',
);
const SOMETHING_EXISTS = new RegExp(EXISTS, 'i');
const SUBJECT =
  /\b(item|feature|ingestion|key|collection|catalog|asset|lock|job|task|user|tenant)\b/i;
const ITEM_SUBJECTS = new Set([undefined, 'item', 'feature', 'ingestion', 'key']);

/**
 * Whether the message of a response 409 says that the Item `id` exists, which counts as posted. Another conflict (a
 * missing Collection, a lock, an Item of another id) does not mean that the Item is there.
 *
 * @example
 * saysThatItemExists("Item 'a' in collection 'c' already exists", 'a'); // true
 * saysThatItemExists("Item 'b' in collection 'c' already exists", 'a'); // false
 */
export function saysThatItemExists(message: string, id: string): boolean {
  const text = message.trim();
  if (THIS_ITEM.test(text)) return true;
  const subject = SUBJECT.exec(text)?.[1]?.toLowerCase();
  return SOMETHING_EXISTS.test(text) && ITEM_SUBJECTS.has(subject) && namesId(text, id);
}

/** A part of a longer id does not count. */
function namesId(text: string, id: string): boolean {
  const words = text.split(/[\s'"`,;:()[\]{}=]+/);
  return words.some((word) => word === id || word === `${id}.`);
}
