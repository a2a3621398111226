import { describe, expect, it } from "vitest";
import cases from "../testdata/token-headers.json" with { type: "json" };
import { findToken } from "./find-token.ts";

/** The lines that Okapi's TokenHeaderTest has are facts of it; the others follow from its decoder of cookies. */
interface Case {
  readonly claim: string;
  readonly headers: readonly string[];
  readonly token?: string | null;
  readonly source?: string;
  readonly remove?: readonly string[];
  readonly because?: string;
}

// as: the JSON's type is a union of its lines' shapes
const table = cases as readonly Case[];

describe("the token of a request", () => {
  it.each(table.filter((line) => typeof line.token === "string"))(
    "is found: $claim",
    ({ headers, token, source, remove }) => {
      const gone = remove ?? (source === "authorization" ? ["authorization"] : []);
      expect(findToken(headers)).toEqual({ ok: true, value: { token, source, remove: gone } });
    },
  );

  it.each(table.filter((line) => line.token === null))("is not there: $claim", ({ headers }) => {
    expect(findToken(headers)).toEqual({ ok: true, value: null });
  });

  it.each(table.filter((line) => line.because !== undefined))(
    "is refused with Okapi's sentence: $claim",
    ({ headers, because }) => {
      const message = "Different tokens in Authentication and X-Okapi-Token. Use only one of them";
      expect(findToken(headers)).toEqual({ ok: false, error: { message, because } });
    },
  );

  it("does not depend on the order of headers", () => {
    for (const { headers } of table) {
      const pairs = headers.flatMap((name, at) => (at % 2 === 0 ? [[name, headers[at + 1] ?? ""]] : []));
      const { ok } = findToken(headers);
      expect(findToken(pairs.toReversed().flat()).ok).toBe(ok);
    }
  });
});
