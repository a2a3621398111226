import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addTraceContext, printTraceParent, readTraceContext } from "./trace-context.ts";

const trace = "0af7651916cd43dd8448eb211c80319c";
const span = "b7ad6b7169203331";
const parent = `00-${trace}-${span}-01`;
const long = (length: number) => "a".repeat(length);

function stateOf(...values: readonly string[]): string | null {
  const headers = ["traceparent", parent, ...values.flatMap((value) => ["tracestate", value])];
  return readTraceContext(headers)?.state ?? null;
}

describe("traceparent", () => {
  const taken: readonly (readonly [what: string, value: string, flags: number])[] = [
    ["sampled", parent, 1],
    ["not sampled", `00-${trace}-${span}-00`, 0],
    ["with flags of later levels", `00-${trace}-${span}-ff`, 255],
    ["of a later version", `cc-${trace}-${span}-01`, 1],
    ["of a later version, with more", `cc-${trace}-${span}-01-what-comes`, 1],
  ];
  it.each(taken)("is taken %s", (_what, value, flags) => {
    expect(readTraceContext(["TraceParent", value])).toEqual({
      traceId: trace,
      spanId: span,
      flags,
      state: null,
    });
  });

  const refused: readonly (readonly [what: string, value: string])[] = [
    ["empty", ""],
    ["without flags", `00-${trace}-${span}`],
    ["of version ff", `ff-${trace}-${span}-01`],
    ["with a trace of zeros", `00-${"0".repeat(32)}-${span}-01`],
    ["with a span of zeros", `00-${trace}-${"0".repeat(16)}-01`],
    ["in capitals", parent.toUpperCase()],
    ["with a short trace", `00-${trace.slice(1)}-${span}-01`],
    ["with a long trace", `00-${trace}0-${span}-01`],
    ["with a short span", `00-${trace}-${span.slice(1)}-01`],
    ["with other letters", `00-${trace.replace("0", "g")}-${span}-01`],
    ["with flags of one digit", `00-${trace}-${span}-1`],
    ["with flags of other letters", `00-${trace}-${span}-0x`],
    ["of version 00 with more", `${parent}-more`],
    ["of a later version with more and no dash", `cc-${trace}-${span}-01more`],
    ["with underscores", parent.replaceAll("-", "_")],
    ["with a space before", ` ${parent}`],
    ["with a space behind", `${parent} `],
    ["twice in one", `${parent},${parent}`],
  ];
  it.each(refused)("is not taken %s", (_what, value) => {
    expect(readTraceContext(["traceparent", value, "tracestate", "a=b"])).toBe(null);
  });

  it("is not taken where there are two, nor where there is none", () => {
    expect(readTraceContext(["traceparent", parent, "Traceparent", parent])).toBe(null);
    expect(readTraceContext(["tracestate", "a=b"])).toBe(null);
  });

  it("is printed as it was read", () => {
    const digits = (length: number) =>
      fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`)).filter((text) => /[^0]/.test(text));
    const context = fc.record({
      traceId: digits(32),
      spanId: digits(16),
      flags: fc.nat(255),
      state: fc.constant(null),
    });
    fc.assert(
      fc.property(context, (any) => {
        expect(readTraceContext(["traceparent", printTraceParent(any)])).toEqual(any);
      }),
    );
  });
});

describe("tracestate", () => {
  const cases: readonly (readonly [what: string, values: readonly string[], read: string | null])[] = [
    ["one member", ["a=1"], "a=1"],
    ["in order, of several headers", ["a=1,b=2", "c=3"], "a=1,b=2,c=3"],
    ["without spaces around and empty members", [" a=1 ,,\tb=2 "], "a=1,b=2"],
    ["with a tenant", ["1a@b=1"], "1a@b=1"],
    ["a value with spaces", ["a=b  c"], "a=b  c"],
    ["an equals sign in a value", ["a=b=c"], null],
    ["the longest", [`${long(256)}=${long(256)}`], `${long(256)}=${long(256)}`],
    [
      "32 members",
      [Array.from({ length: 32 }, (_, n) => `a${n}=1`).join()],
      Array.from({ length: 32 }, (_, n) => `a${n}=1`).join(),
    ],
    ["nothing", [""], null],
    ["33 members", [Array.from({ length: 33 }, (_, n) => `a${n}=1`).join()], null],
    ["a key twice", ["a=1,a=2"], null],
    ["a key in capitals", ["A=1"], null],
    ["a key that begins with a digit", ["1a=1"], null],
    ["a key that is too long", [`${long(257)}=1`], null],
    ["a tenant's system that begins with a digit", ["a@1b=1"], null],
    ["a tenant's system that is too long", [`a@${long(15)}=1`], null],
    ["no value", ["a="], null],
    ["no equals sign", ["a"], null],
    ["no key", ["=1"], null],
    ["a value that is too long", [`a=${long(257)}`], null],
    ["a value with a tab", ["a=b\tc"], null],
    ["a value beyond ASCII", ["a=\u00fc"], null],
    ["one bad member among good ones", ["a=1,B=2,c=3"], null],
  ];
  it.each(cases)("%s", (_what, values, read) => {
    expect(stateOf(...values)).toBe(read);
  });

  it("goes with traceparent where there is one", () => {
    const made: string[] = [];
    addTraceContext(made, { traceId: trace, spanId: span, flags: 1, state: "a=1" });
    addTraceContext(made, { traceId: trace, spanId: span, flags: 0, state: null });
    expect(made).toEqual([
      "traceparent",
      parent,
      "tracestate",
      "a=1",
      "traceparent",
      `00-${trace}-${span}-00`,
    ]);
  });
});
