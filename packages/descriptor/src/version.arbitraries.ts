import fc from "fast-check";

const digits = fc.oneof(
  fc.integer({ min: 0, max: 3 }).map(String),
  fc.constantFrom("00", "01", "10000", "999999999999999998", "999999999999999999"),
);
const word = fc.oneof(digits, fc.constantFrom("a", "b", "rc", "SNAPSHOT", "2a-3", "9007199254740993", "-"));

/** Texts that parseVersion takes, close enough to each other to differ in every grade. */
export function anyVersionText(): fc.Arbitrary<string> {
  return fc
    .record({
      numbers: fc.array(digits, { minLength: 1, maxLength: 4 }),
      preRelease: fc.oneof(fc.constant([]), fc.array(word, { maxLength: 3 })),
      metadata: fc.option(fc.constantFrom("", "build", "a+b", "2"), { nil: undefined, freq: 2 }),
    })
    .map(({ numbers, preRelease, metadata }) => {
      const release = numbers.join(".");
      const rest = preRelease.length === 0 ? "" : `-${preRelease.join(".")}`;
      return `${release}${rest}${metadata === undefined ? "" : `+${metadata}`}`;
    });
}
