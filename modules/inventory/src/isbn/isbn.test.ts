import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hyphenateIsbn } from "./hyphenate-isbn.ts";
import { type Isbn, parseIsbn10, parseIsbn13, toIsbn10, toIsbn13 } from "./isbn.ts";

// Cases from the tests of folio-isbn-util, which mod-inventory asks.
const VALID_10 = `1930110995|1-930110-99-5|1 930110 99 5|020163385X|0-201-63385-X|0 201 63385 X|0060250143|0122746058| 0-201-63385-X `;
const VALID_13 = `9781930110991|9781474418416|9781474418430|978-1-930110-99-1|978 1 930110 99 1|9780201633856|978-0-201-63385-6|978 0 201 63385 6|979-10-90636-07-1|9791843123391| 978 0 201 63385 6 `;
const INVALID_10 = `|012 27460 58|BR18694353|0317Y63929|0318Y29948|0318Y40638|0318Y40648|1930110990|1930110991|1930110992|1930110993|1930110994|1930110996|1930110997|1930110998|1930110999|193011099X|1-930110-99--5|020163385x`;
const INVALID_13 = `|97819 301109 91|978033521257X|978041536907X|978047089024X|9760987652805|9783859512551|9788849120731|9788860815955|9788861343380|9788874700118|9788880636536|9780521343283|9782711848329|9782869582218|9782913667325|9788849212224|9788851601038|9788871403541|97888868156|978039184243|978179491128`;
const PAIRS = [
  ["8992783426", "9788992783422"],
  ["0845144022", "9780845144022"],
  ["091698477X", "9780916984779"],
  ["091698480X", "9780916984809"],
  ["0122746015", "9780122746017"],
  ["0122746023", "9780122746024"],
  ["0122746031", "9780122746031"],
  ["012274604X", "9780122746048"],
  ["1930110995", "9781930110991"],
  ["020163385X", "9780201633856"],
] as const;

describe("what is an ISBN", () => {
  it.each([
    ["ten", parseIsbn10, VALID_10, INVALID_10],
    ["thirteen", parseIsbn13, VALID_13, INVALID_13],
  ] as const)("of %s digits", (_, parse, valid, invalid) => {
    expect(valid.split("|").filter((text) => parse(text) === null)).toEqual([]);
    expect(invalid.split("|").filter((text) => parse(text) !== null)).toEqual([]);
  });

  it.each(PAIRS)("%s is %s", (ten, thirteen) => {
    expect(toIsbn13(isbn10(ten)).digits).toBe(thirteen);
    expect(toIsbn10(isbn13(thirteen))?.digits).toBe(ten);
  });

  it("has no ten digits where it begins with 979", () => {
    expect(toIsbn10(isbn13("9791843123391"))).toBeNull();
  });
});

it.each([
  ["9780321130020", "978-0-321-13002-0"],
  ["9791090636071", "979-10-90636-07-1"],
  ["9780122746024", "978-0-12-274602-4"],
  ["9781930110991", "978-1-930110-99-1"],
  ["9786110000000", "978-611-000000-0"], // a group without publishers yet
  ["9786500000000", "978-65-00-00000-0"],
])("hyphens: %s is %s", (digits, hyphenated) => {
  expect(hyphenateIsbn({ digits, length: 13 })).toBe(hyphenated);
});

it.each([
  ["0321130022", "0-321-13002-2"],
  ["1930110995", "1-930110-99-5"],
  ["9999999999", "999999999-9"], // no publisher of any group
])("hyphens: %s is %s", (digits, hyphenated) => {
  expect(hyphenateIsbn({ digits, length: 10 })).toBe(hyphenated);
});

describe("of any nine digits", () => {
  const body = fc.stringMatching(/^\d{9}$/u);
  const valid = (nine: string): readonly Isbn[] =>
    Array.from("0123456789X").flatMap((check) => parseIsbn10(nine + check) ?? []);

  it("one check digit is right, and converting there and back gives the same", () => {
    fc.assert(
      fc.property(body, (nine) => {
        const those = valid(nine);
        expect(those).toHaveLength(1);
        expect(those.map((ten) => toIsbn10(toIsbn13(ten)))).toEqual(those);
      }),
    );
  });

  it("hyphens change no digit, and what has all of them is read again", () => {
    fc.assert(
      fc.property(body, (nine) => {
        const both = valid(nine).flatMap((ten) => [ten, toIsbn13(ten)]);
        expect(both.map((isbn) => hyphenateIsbn(isbn).replaceAll("-", ""))).toEqual(
          both.map(({ digits }) => digits),
        );
        const whole = both.filter(
          (isbn) => hyphenateIsbn(isbn).split("-").length === (isbn.length === 10 ? 4 : 5),
        );
        expect(whole.map(hyphenateIsbn).map((text) => parseIsbn10(text) ?? parseIsbn13(text))).toEqual(whole);
      }),
    );
  });

  it("a digit that is wrong, and neighbours that have changed places, are noticed", () => {
    fc.assert(
      fc.property(body, fc.nat(8), fc.integer({ min: 1, max: 9 }), (nine, at, by) => {
        const digits = valid(nine)[0]?.digits ?? "";
        const put = (text: string): string => digits.slice(0, at) + text + digits.slice(at + text.length);
        expect(parseIsbn10(put(String((Number(nine[at]) + by) % 10)))).toBeNull();
        const [left, right] = [digits.charAt(at), digits.charAt(at + 1)];
        fc.pre(left !== right);
        expect(parseIsbn10(put(right + left))).toBeNull();
      }),
    );
  });
});

/** What the test itself says is one. */
function isbn10(digits: string): Isbn {
  return { digits, length: 10 };
}

function isbn13(digits: string): Isbn {
  return { digits, length: 13 };
}
