import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readByLlhttp } from "./testing/llhttp-answer.ts";
import { AnswerParser } from "./wire-answer-parser.ts";

interface Read {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: string;
}

/** Reads these bytes, cut into pieces of these sizes, and the end of the connection.
 * @returns null where they are no whole answer */
function readByOurs(text: string, method: string, sizes: readonly number[]): Read | null {
  const parser = new AnswerParser();
  parser.start(method);
  const pieces: Buffer[] = [];
  const bytes = Buffer.from(text, "latin1");
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? bytes.length;
    parser.push(bytes.subarray(at, at + size), pieces);
    at += size;
  }
  parser.end();
  if (!parser.isWhole || parser.head === null) return null;
  const { status, rawHeaders } = parser.head;
  return { status, headers: rawHeaders, body: Buffer.concat(pieces).toString("latin1") };
}

const WHOLE = [1_000_000];
const BYTE_BY_BYTE = [1];

/** Mostly HTTP, with something in it that may be none. */
function answers(): fc.Arbitrary<string> {
  const odd = fc.constantFrom(
    "\r",
    "\n",
    "\0",
    " ",
    "\t",
    ":",
    ";",
    ",",
    "\x7f",
    "\x80",
    "\xff",
    "\v",
    "0",
    "-",
    "chunked",
    "",
    "=",
    '"',
  );
  const word = fc.oneof(
    { weight: 8, arbitrary: fc.stringMatching(/^[!-~]{0,8}$/) },
    { weight: 1, arbitrary: odd },
  );
  const value = fc.array(word, { maxLength: 3 }).map((words) => words.join(" "));
  const known = fc.constantFrom(
    "Content-Length: 5",
    "content-length:5",
    "Content-Length: 0",
    "Content-Length: 05",
    "Content-Length: +5",
    "Content-Length: 5, 5",
    "Transfer-Encoding: chunked",
    "transfer-encoding:CHUNKED",
    "Transfer-Encoding: gzip, chunked",
    "Transfer-Encoding: identity",
    "Transfer-Encoding : chunked",
    "Connection: close",
    "Connection: keep-alive, upgrade",
    "Upgrade: h2c",
    "Trailer: X",
    " folded",
    "",
  );
  const made = fc.tuple(fc.stringMatching(/^[A-Za-z-]{1,8}$/), odd, value);
  const line = fc.oneof(
    { weight: 6, arbitrary: known },
    {
      weight: 3,
      arbitrary: fc.tuple(fc.stringMatching(/^[A-Za-z][A-Za-z-]{0,7}$/), value).map(([n, v]) => `${n}: ${v}`),
    },
    { weight: 1, arbitrary: made.map(([name, between, text]) => name + between + text) },
  );
  const end = fc.oneof(
    { weight: 30, arbitrary: fc.constant("\r\n") },
    { weight: 1, arbitrary: fc.constantFrom("\n", "\r", "\r\r\n", "\n\r", " \r\n") },
  );
  const start = fc.oneof(
    {
      weight: 10,
      arbitrary: fc.constantFrom("HTTP/1.1 200 OK", "HTTP/1.0 200 OK", "HTTP/1.1 404 Not Found"),
    },
    {
      weight: 4,
      arbitrary: fc.constantFrom("HTTP/1.1 204 No Content", "HTTP/1.1 304 Not Modified", "HTTP/1.1 200"),
    },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK",
        "HTTP/1.1 103 \r\nA: b\r\n\r\nHTTP/1.1 500 X",
      ),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        "HTTP/1.1 99 X",
        "HTTP/1.1 2000 X",
        "http/1.1 200 OK",
        "HTTP/1.2 200 OK",
        "HTTP/1.1  200 OK",
      ),
    },
  );
  const extension = fc.constantFrom(
    "",
    "",
    "",
    ";a",
    ";a=b",
    ";a=b;c",
    "; a",
    ';a="b"',
    ";",
    ";=b",
    ";a=",
    " ",
  );
  const chunk = fc
    .tuple(
      fc.stringMatching(/^[a-z]{0,20}$/),
      extension,
      fc.constantFrom("", "", "", "0", "x", "-"),
      end,
      end,
    )
    .map(
      ([text, more, before, first, last]) =>
        `${before}${text.length.toString(16)}${more}${first}${text}${last}`,
    );
  const trailers = fc.constantFrom(
    "\r\n",
    "\r\n",
    "X: y\r\n\r\n",
    "Content-Length: 5\r\n\r\n",
    " x\r\n\r\n",
    "X y\r\n\r\n",
    "",
  );
  const body = fc.oneof(
    fc.constantFrom(
      "",
      "hello",
      "hell",
      "5\r\nhello\r\n0\r\n\r\n",
      "0\r\n\r\n",
      "5\r\nhello0\r\n\r\n",
      "g\r\n",
    ),
    fc
      .tuple(
        fc.array(chunk, { maxLength: 3 }),
        fc.constantFrom("0\r\n", "0\r\n", "00\r\n", "0\n", ""),
        trailers,
      )
      .map(([chunks, last, after]) => chunks.join("") + last + after),
  );
  return fc
    .tuple(start, fc.array(fc.tuple(line, end), { maxLength: 4 }), end, end, body)
    .map(
      ([first, lines, afterStart, last, rest]) =>
        first + afterStart + lines.map(([text, stop]) => text + stop).join("") + last + rest,
    );
}

const methods = fc.constantFrom("GET", "GET", "POST", "HEAD");

describe("an answer read by our own parser", () => {
  it("is one for llhttp too, and the same one: what we accept it accepts", async () => {
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(answers(), methods, async (text, method) => {
        const ours = readByOurs(text, method, WHOLE);
        if (ours === null) return;
        accepted += 1;
        expect(await readByLlhttp(text, method)).toEqual(ours);
      }),
      { numRuns: 10_000, verbose: true },
    );
    // A parser that refuses everything would agree too.
    expect(accepted).toBeGreaterThan(2000);
  });

  it("is the same however its bytes are cut", () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(answers(), methods, cuts, (text, method, sizes) => {
        const whole = readByOurs(text, method, WHOLE);
        expect(readByOurs(text, method, sizes)).toEqual(whole);
        expect(readByOurs(text, method, BYTE_BY_BYTE)).toEqual(whole);
      }),
      { numRuns: 5000, verbose: true },
    );
  });

  it("leaves its connection only where nothing of it, and nothing else, is still to come", () => {
    const length = "Content-Length: 2\r\n";
    const cases: readonly (readonly [text: string, method: string, mayStay: boolean])[] = [
      [`HTTP/1.1 200 OK\r\n${length}\r\nok`, "GET", true],
      ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", "GET", true],
      [`HTTP/1.1 200 OK\r\n${length}\r\n`, "HEAD", true],
      [`HTTP/1.1 304 Not Modified\r\n${length}\r\n`, "GET", true],
      ["HTTP/1.1 204 No Content\r\n\r\n", "GET", true],
      [`HTTP/1.1 204 No Content\r\n${length}\r\n`, "GET", false],
      [`HTTP/1.1 200 OK\r\n${length}\r\nokHTTP/1.1`, "GET", false],
      [`HTTP/1.1 200 OK\r\n${length}\r\nok`, "HEAD", false],
      [`HTTP/1.1 200 OK\r\n${length}Connection: close\r\n\r\nok`, "GET", false],
      [`HTTP/1.1 200 OK\r\n${length}Connection: x, Close\r\n\r\nok`, "GET", false],
      [`HTTP/1.0 200 OK\r\n${length}\r\nok`, "GET", false],
      [`HTTP/1.0 200 OK\r\n${length}Connection: keep-alive\r\n\r\nok`, "GET", true],
      ["HTTP/1.1 200 OK\r\n\r\nuntil the end", "GET", false],
      [`HTTP/1.1 200 OK\r\n${length}\r\no`, "GET", false],
    ];
    for (const [text, method, mayStay] of cases) {
      const parser = new AnswerParser();
      parser.start(method);
      parser.push(Buffer.from(text), []);
      expect([text, method, parser.mayStay]).toEqual([text, method, mayStay]);
    }
  });

  it.each([
    ["what cannot become a head", "SSH-2.0"],
    ["a line that ends in a bare line feed", "HTTP/1.1 200 OK\n"],
    [
      "an endless line between chunks",
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;${"a".repeat(9000)}`,
    ],
    [
      "a chunk that does not end where it said",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nokX",
    ],
    [
      "endless trailers",
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n${"A: b\r\n".repeat(2000)}`,
    ],
  ])("is given up at once at %s", (_name, text) => {
    const parser = new AnswerParser();
    parser.start("GET");
    parser.push(Buffer.from(text), []);
    expect(parser.problem).not.toBe(null);
  });
});
