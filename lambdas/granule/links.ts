import type { LogFields } from '../runtime/log.js';
import { withoutTrailingSlashes } from '../runtime/text.js';
import type { Link } from '../stac/stac.js';

/** Relations that an Item has at most one link for. */
const SINGLE = new Set(['collection', 'parent', 'self', 'root']);
const ABSOLUTE = /^[a-z][a-z\d+.-]*:/i;

interface LinkContext {
  readonly warn: (message: string, fields?: LogFields) => void;
  readonly id: string;
  readonly collectionId: string;
  readonly stacApiUrl: string | undefined;
}

/**
 * Returns the links to post with an Item: its absolute links, at most one for each structural relation, and the link to
 * the Collection in the STAC API instead of the author's own. Logs a warning for each link that it leaves out.
 */
export function itemLinks(created: readonly Link[], context: LinkContext): Link[] {
  const own = collectionLinks(context);
  const taken = new Set(own.map(({ rel }) => rel));
  const drop = ({ rel, href }: Link, reason: string) => {
    context.warn('a link is left out', { id: context.id, rel, href, reason });
    return false;
  };
  const kept = created.filter((link) => {
    if (!isWhole(link)) return true; // validation reports it
    if (!ABSOLUTE.test(link.href)) return drop(link, 'its href is relative');
    if (!SINGLE.has(link.rel)) return true;
    if (taken.has(link.rel)) return drop(link, `another link has the relation '${link.rel}'`);
    taken.add(link.rel);
    return true;
  });
  return [...kept, ...own];
}

function isWhole(link: Partial<Link> | null): boolean {
  return [link?.rel, link?.href].every((text) => typeof text === 'string' && text !== '');
}

function collectionLinks({ collectionId, stacApiUrl }: LinkContext): Link[] {
  if (stacApiUrl === undefined) return [];
  const href = `${withoutTrailingSlashes(stacApiUrl)}/collections/${encodeURIComponent(collectionId)}`;
  return [{ rel: 'collection', href, type: 'application/json' }];
}
