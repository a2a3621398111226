import { invalid } from "@octavo/module-kit";
import sanitizeHtml from "sanitize-html";

/** Where a link may lead: a place with one of these schemes, or one without a ":" in its first part. The library drops what browsers run; this
 * also drops what other readers, which trim more than browsers do, could take for a script. */
const SAFE_ADDRESS = /^(?:(?:https?|mailto|tel):|[^:/?#]*(?:[/?#]|$))/iu;

/** Elements and attributes that notes may have, as mod-notes configures them (application.yaml). */
const allowed: sanitizeHtml.IOptions = {
  allowedTags: ["p", "strong", "em", "a", "u", "ol", "ul", "li", "h1", "h2", "h3", "br"],
  allowedAttributes: { "*": ["class"], a: ["href", "rel", "target"] },
  allowedSchemes: ["http", "https", "mailto", "tel"],
  transformTags: {
    a: (tagName, { href, ...others }) => ({
      tagName,
      attribs: href !== undefined && SAFE_ADDRESS.test(href) ? { href, ...others } : others,
    }),
  },
};

/** The parser looks at each open element again for each one within it: 20,000 take a tenth of a second, 400,000 a minute. */
const MOST_TAGS = 20_000;

/** Keeps of HTML what a note may have: other tags go and their text stays, scripts and styles go whole, every element is closed.
 * @throws Refusal 422 for more tags than anybody writes */
export function cleanHtml(html: string): string {
  const tags = html.split("<").length - 1;
  if (tags > MOST_TAGS) {
    throw invalid("content", `${tags} tags`, `a note has at most ${MOST_TAGS} tags`, "too-many-tags");
  }
  // As mod-notes writes it. Within text and values ">" is "&gt;", so that this is the end of a tag.
  return sanitizeHtml(html, allowed).replaceAll(" />", ">");
}
