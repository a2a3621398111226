/** Elements and attributes that notes may have, as mod-notes configures them (application.yaml). */
const ELEMENTS = new Set(["p", "strong", "em", "a", "u", "ol", "ul", "li", "h1", "h2", "h3", "br"]);
const OF_ALL = new Set(["class"]);
const OF_LINKS = new Set(["class", "href", "rel", "target"]);

/** A comment, a declaration or a tag. What is in none of them is text. */
const MARKUP = /<!--[^]*?(?:-->|$)|<[!?][^>]*>|<(\/?)([a-z][^\s/<>]*)((?:"[^"]*"|'[^']*'|[^"'<>])*)>/giu;
const ATTRIBUTE = /([^\s"'=<>/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?/gu;
/** Where a link may lead: a place without a scheme, or with one of these, written without references to characters. */
const SAFE_ADDRESS = /^(?:(?:https?|mailto|tel):|[^:&/?#]*(?:[/?#]|$))/iu;
/** Elements whose content is no text. */
const UNREAD = new Set(["script", "style"]);

/** Keeps of HTML what a note may have: other tags go and their text stays, scripts and styles go whole, every element is closed. */
export function cleanHtml(html: string): string {
  const open: string[] = [];
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
      clean += slash === "" ? opened(open, element, attributes) : closed(open, element);
    }
  }
  return clean + textOf(html.slice(at)) + endOf(open.toReversed());
}

function opened(open: string[], element: string, attributes: string): string {
  if (element !== "br") open.push(element);
  return `<${element}${attributesOf(element, attributes)}>`;
}

/** @returns nothing for an element that is not open */
function closed(open: string[], element: string): string {
  const from = open.lastIndexOf(element);
  return from === -1 ? "" : endOf(open.splice(from).toReversed());
}

function endOf(elements: readonly string[]): string {
  return elements.map((element) => `</${element}>`).join("");
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
