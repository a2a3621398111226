// wire-answer-head.ts runs for every request.
import { err, ok, type Result } from "@octavo/result";

/** A head as its bytes say it. */
export interface ParsedAnswerHead {
  readonly minorVersion: 0 | 1;
  readonly status: number;
  /** Flat name, value ..., as they came, without the blanks around values. */
  readonly rawHeaders: readonly string[];
}

// RFC 9112 4 and 5, without what it lets a lenient reader do: no bare CR or LF, no line that is folded, no blank before a
// colon, no control character. "HTTP/1.1 200" without a reason may also lack the blank before it, as old servers have it.
const wholeHead =
  /^HTTP\/1\.[01] [1-9][0-9]{2}(?: [\t\x20-\x7e\x80-\xff]*)?\r\n(?:[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t\x20-\x7e\x80-\xff]*\r\n)*$/;
const STATUS_AT = 9;

/** @param text all lines with their ends, one character per byte, without the empty line
 * @returns or why this is no head */
export function parseAnswerHead(text: string): Result<ParsedAnswerHead, string> {
  if (!wholeHead.test(text)) return err("a head that is not HTTP/1.1");
  const rawHeaders: string[] = [];
  let at = text.indexOf("\r\n") + 2;
  while (at < text.length) {
    const colon = text.indexOf(":", at);
    const end = text.indexOf("\r\n", colon);
    rawHeaders.push(text.slice(at, colon), withoutBlanks(text, colon + 1, end));
    at = end + 2;
  }
  return ok({
    minorVersion: text.charCodeAt(STATUS_AT - 2) === ONE ? 1 : 0,
    status: Number(text.slice(STATUS_AT, STATUS_AT + 3)),
    rawHeaders,
  });
}

const ONE = 0x31;
const TAB = 0x09;
const SPACE = 0x20;

function withoutBlanks(text: string, from: number, to: number): string {
  let [first, last] = [from, to];
  while (first < last && isBlank(text.charCodeAt(first))) first += 1;
  while (last > first && isBlank(text.charCodeAt(last - 1))) last -= 1;
  return text.slice(first, last);
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}
