/** Elements and attributes that notes may have, as mod-notes configures them (application.yaml). */
const ELEMENTS = new Set(["p", "strong", "em", "a", "u", "ol", "ul", "li", "h1", "h2", "h3", "br"]);
const OF_ALL = new Set(["class"]);
const OF_LINKS = new Set(["class", "href", "rel", "target"]);

/** A comment, a declaration or a tag. What is in none of them is text. None reads on over another "<" but a comment, which ends with the
 * text at the latest: hostile text takes no longer than any other. */
const MARKUP = /<!--[^]*?(?:-->|$)|<[!?][^<>]*>|<(\/?)([a-z][^\s/<>]*)((?:"[^"]*"|'[^']*'|[^"'<>])*)>/giu;
const ATTRIBUTE = /([^\s"'=<>/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?/gu;
/** Where a link may lead: a place without a scheme, or with one of these, written without references to characters. */
const SAFE_ADDRESS = /^(?:(?:https?|mailto|tel):|[^:&/?#]*(?:[/?#]|$))/iu;
/** Elements whose content is no text. */
const UNREAD = new Set(["script", "style"]);

/** Keeps of HTML what a note may have: other tags go and their text stays, scripts and styles go whole, every element is closed. */
export function cleanHtml(html: string): string {
  const open = new OpenElements();
  let clean = "";
  let at = 0;
  const scan = new RegExp(MARKUP);
  const small = html.replaceAll(/[A-Z]/gu, (letter) => letter.toLowerCase()); // as long as `html`, whatever stands in it
  for (let found = scan.exec(html); found !== null; found = scan.exec(html)) {
    clean += textOf(html.slice(at, found.index));
    at = scan.lastIndex;
    const [, slash, name = "", attributes = ""] = found;
    const element = name.toLowerCase();
    if (UNREAD.has(element) && slash === "") {
      const end = small.indexOf(`</${element}`, at);
      at = end === -1 ? html.length : end;
      scan.lastIndex = at;
    } else if (ELEMENTS.has(element)) {
      clean += slash === "" ? opened(open, element, attributes) : open.close(element);
    }
  }
  return clean + textOf(html.slice(at)) + open.closeAll();
}

function opened(open: OpenElements, element: string, attributes: string): string {
  if (element !== "br") open.add(element);
  return `<${element}${attributesOf(element, attributes)}>`;
}

/** What is still to be closed, the innermost last. */
class OpenElements {
  readonly #names: string[] = [];
  /** How often each is there: to know that one is not takes no search. */
  readonly #counts = new Map<string, number>();

  add(element: string): void {
    this.#names.push(element);
    this.#counts.set(element, (this.#counts.get(element) ?? 0) + 1);
  }

  /** @returns the end of an element and of those within it; nothing for one that is not open */
  close(element: string): string {
    if ((this.#counts.get(element) ?? 0) === 0) return "";
    return this.#closeFrom(this.#names.lastIndexOf(element));
  }

  closeAll(): string {
    return this.#closeFrom(0);
  }

  #closeFrom(at: number): string {
    const ended = this.#names.splice(at).toReversed();
    for (const name of ended) this.#counts.set(name, (this.#counts.get(name) ?? 0) - 1);
    return ended.map((name) => `</${name}>`).join("");
  }
}

function attributesOf(element: string, text: string): string {
  const allowed = element === "a" ? OF_LINKS : OF_ALL;
  const kept = new Map<string, string>();
  for (const [, name = "", double, single, bare] of text.matchAll(ATTRIBUTE)) {
    const key = name.toLowerCase();
    const value = textOf(double ?? single ?? bare ?? "").replaceAll('"', "&quot;");
    const isSafe = key !== "href" || SAFE_ADDRESS.test(value);
    if (allowed.has(key) && isSafe && !kept.has(key)) kept.set(key, value);
  }
  return [...kept].map(([key, value]) => ` ${key}="${value}"`).join("");
}

/** Text that is no markup whatever stands in it; references to characters stay. */
function textOf(text: string): string {
  return text
    .replaceAll(/&(?!(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z][a-z\d]{1,31});)/giu, "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}
