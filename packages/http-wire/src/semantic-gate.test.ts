import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { headerPairs } from "./header-list.ts";
import type { RequestHead } from "./request-head.ts";
import { checkHead } from "./semantic-gate.ts";

function headOf(more: Partial<RequestHead>): RequestHead {
  return {
    method: "GET",
    target: "/a",
    version: "1.1",
    rawHeaders: ["Host", "library.example"],
    framing: { kind: "none" },
    remoteAddress: "127.0.0.1",
    ...more,
  };
}

/** Paths of the pieces that readers disagree about. */
const anyTarget = fc
  .array(
    fc.constantFrom(
      "/",
      ".",
      "..",
      "%",
      "2",
      "e",
      "E",
      "f",
      "5",
      "c",
      "C",
      "0",
      ";",
      "\\",
      "?",
      "#",
      "a",
      "é",
      " ",
      "%2e",
      "%25",
      "//",
      ":",
      "@",
    ),
    { maxLength: 12 },
  )
  .map((pieces) => `/${pieces.join("")}`);

describe("a target that the gate accepts", () => {
  it("is read by a URL parser as the very path that was checked", () => {
    fc.assert(
      fc.property(anyTarget, (target) => {
        const checked = checkHead(headOf({ target }));
        if (!checked.ok) return;
        const { pathname } = new URL(`http://library.example${target}`);
        expect(decodeURIComponent(pathname)).toBe(decodeURIComponent(checked.value.path));
        expect(checked.value.target).toBe(target);
      }),
      { numRuns: 20_000 },
    );
  });

  it("has as many segments decoded as it has encoded", () => {
    fc.assert(
      fc.property(anyTarget, (target) => {
        const checked = checkHead(headOf({ target }));
        if (!checked.ok) return;
        const { path } = checked.value;
        expect(decodeURIComponent(path).split("/")).toEqual(path.split("/").map(decodeURIComponent));
      }),
      { numRuns: 20_000 },
    );
  });
});

const anyName = fc.oneof(
  fc.constantFrom(
    "X-Okapi-Tenant",
    "X-Okapi-User-Id",
    "x_okapi_token",
    "X-OKAPI-Permissions",
    "Accept",
    "Connection",
    "TE",
    "Cookie",
  ),
  fc.stringMatching(/^[A-Za-z][A-Za-z0-9_.-]{0,12}$/),
);

describe("the headers that the gate lets through", () => {
  it("are a part of those that were sent, in their order, with none of Okapi's but the five", () => {
    const fiveNames = /^x-okapi-(?:tenant|token|request-id|module-id|additional-token)$/;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(anyName, fc.constantFrom("a", "close", "x-okapi-tenant")), { maxLength: 8 }),
        (pairs) => {
          const rawHeaders = ["Host", "library.example", ...pairs.flat()];
          const checked = checkHead(headOf({ rawHeaders }));
          if (!checked.ok) return;
          const sent = [...headerPairs(rawHeaders)].map((pair) => pair.join(": "));
          let from = 0;
          for (const [name, value] of headerPairs(checked.value.headers)) {
            from = sent.indexOf(`${name}: ${value}`, from) + 1;
            expect(from).toBeGreaterThan(0);
            const claimsOkapi = name
              .toLowerCase()
              .replaceAll(/[^a-z0-9]/g, "-")
              .startsWith("x-okapi-");
            expect(claimsOkapi && !fiveNames.test(name.toLowerCase())).toBe(false);
          }
        },
      ),
      { numRuns: 5_000 },
    );
  });
});
