/** One HTTP/1.1 message, read with no mercy: whatever RFC 9112 lets a reader repair, or lets two readers take for two
 * things, is a complaint here. It shares nothing with the gateway's own parser. Text is latin1: one character per byte. */
export interface StrictMessage {
  readonly startLine: string;
  /** As sent, names in their case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly framing: "none" | "length" | "chunked" | "until-close";
  readonly body: string;
}

export type Parsed =
  | { readonly kind: "whole"; readonly message: StrictMessage; readonly rest: string }
  /** It may become one; `head` is there where the head is whole, `body` is what has come of it. */
  | { readonly kind: "incomplete"; readonly head: Omit<StrictMessage, "body"> | null; readonly body: string }
  | { readonly kind: "broken"; readonly because: string };

type Head = Omit<StrictMessage, "body">;

const requestLine = /^[A-Z-]+ (?:\/[!-~]*|\*) HTTP\/1\.1$/;
const statusLine = /^HTTP\/1\.1 [1-9][0-9]{2} [\t -~]*$/;
const headerLine =
  /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*((?:[!-~\x80-\xff](?:[\t -~\x80-\xff]*[!-~\x80-\xff])?)?)[ \t]*$/;

export function parseRequest(text: string): Parsed {
  return parse(text, requestLine, (head) => (head.framing === "until-close" ? "none" : head.framing), false);
}

/** @param method of the request that it answers
 * @param isClosed whether nothing more will come */
export function parseAnswer(text: string, method: string, isClosed: boolean): Parsed {
  return parse(
    text,
    statusLine,
    (head) => {
      const status = statusOf(head);
      return method === "HEAD" || status < 200 || status === 204 || status === 304 ? "none" : head.framing;
    },
    isClosed,
  );
}

export function statusOf({ startLine }: Pick<StrictMessage, "startLine">): number {
  return Number(startLine.split(" ")[1]);
}

/** Every value of this name; `name` in lower case. */
export function valuesOf({ headers }: Pick<StrictMessage, "headers">, name: string): string[] {
  return headers.filter(([each]) => each.toLowerCase() === name).map(([, value]) => value);
}

function parse(
  text: string,
  startLineForm: RegExp,
  framingOf: (head: Head) => Head["framing"],
  isClosed: boolean,
): Parsed {
  const headEnd = text.indexOf("\r\n\r\n");
  if (headEnd === -1) return { kind: "incomplete", head: null, body: "" };
  const head = parseHead(text.slice(0, headEnd), startLineForm);
  if (typeof head === "string") return broken(head);
  const framing = framingOf(head);
  const rest = text.slice(headEnd + 4);
  switch (framing) {
    case "none":
      return { kind: "whole", message: { ...head, framing, body: "" }, rest };
    case "length": {
      const length = Number(valuesOf(head, "content-length")[0]);
      if (rest.length < length) return { kind: "incomplete", head, body: rest };
      const body = rest.slice(0, length);
      return { kind: "whole", message: { ...head, framing, body }, rest: rest.slice(length) };
    }
    case "chunked":
      return parseChunks(head, rest);
    case "until-close":
      return isClosed
        ? { kind: "whole", message: { ...head, framing, body: rest }, rest: "" }
        : { kind: "incomplete", head, body: rest };
  }
}

function parseHead(text: string, startLineForm: RegExp): Head | string {
  const [startLine = "", ...lines] = text.split("\r\n");
  if (!startLineForm.test(startLine)) return `a start line ${JSON.stringify(startLine.slice(0, 200))}`;
  const headers: (readonly [string, string])[] = [];
  for (const line of lines) {
    const match = headerLine.exec(line);
    if (match === null) return `a header line ${JSON.stringify(line.slice(0, 200))}`;
    headers.push([match[1] ?? "", match[2] ?? ""]);
  }
  const lengths = valuesOf({ headers }, "content-length");
  const codings = valuesOf({ headers }, "transfer-encoding");
  if (lengths.length + codings.length > 1) return "more than one header that frames the body";
  if (lengths[0] !== undefined && !/^(?:0|[1-9][0-9]{0,14})$/.test(lengths[0]))
    return "an odd Content-Length";
  if (codings[0] !== undefined && codings[0] !== "chunked") return `a Transfer-Encoding ${codings[0]}`;
  const framing = codings.length > 0 ? "chunked" : lengths.length > 0 ? "length" : "until-close";
  return { startLine, headers, framing };
}

/** No extensions, no trailers: the gateway writes neither. */
function parseChunks(head: Head, text: string): Parsed {
  let body = "";
  let at = 0;
  for (;;) {
    const lineEnd = text.indexOf("\r\n", at);
    if (lineEnd === -1) return { kind: "incomplete", head, body };
    const size = text.slice(at, lineEnd);
    if (!/^(?:0|[1-9a-fA-F][0-9a-fA-F]{0,7})$/.test(size))
      return broken(`a chunk size ${JSON.stringify(size)}`);
    const length = Number.parseInt(size, 16);
    const end = lineEnd + 2 + length;
    if (text.length < end + 2) return { kind: "incomplete", head, body: body + text.slice(lineEnd + 2, end) };
    if (text.slice(end, end + 2) !== "\r\n")
      return broken("a chunk that does not end where its size says, or a trailer");
    body += text.slice(lineEnd + 2, end);
    at = end + 2;
    if (length === 0) return { kind: "whole", message: { ...head, body }, rest: text.slice(at) };
  }
}

function broken(because: string): Parsed {
  return { kind: "broken", because };
}
