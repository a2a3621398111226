import fc from "fast-check";
import { JsonNumber } from "./json-value.ts";
import type { JsonValue } from "./json-value.ts";

const awkwardKeys = [
  "",
  "__proto__",
  "constructor",
  "0",
  "10",
  "2",
  "length",
  "\u{1f600}",
  '"',
  "\\",
  "\u0001",
];

/** Texts without lone surrogates, which no JSON text can hold. */
const anyText = () => fc.oneof(fc.string({ unit: "binary", maxLength: 12 }), fc.constantFrom(...awkwardKeys));

const writtenNumbers = ["1.0", "-0", "1e5", "0.10", "12345678901234567890", "1e400", "-1.50E-3"];

/** JSON values as parseJson returns them. */
export function anyJsonValue(): fc.Arbitrary<JsonValue> {
  return fc.letrec<{ value: JsonValue }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.oneof<fc.Arbitrary<JsonValue>[]>(
        fc.constantFrom(null, true, false),
        anyText(),
        fc.integer(),
        fc
          .double({ noNaN: true, noDefaultInfinity: true })
          .map((double) => (Object.is(double, -0) ? 0 : double)),
        fc.constantFrom(...writtenNumbers).map((text) => new JsonNumber(text)),
      ),
      fc.array(tie("value"), { maxLength: 4 }),
      fc.array(fc.tuple(anyText(), tie("value")), { maxLength: 5 }).map((entries) => new Map(entries)),
    ),
  })).value;
}
