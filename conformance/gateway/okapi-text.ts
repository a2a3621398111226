/** A value printed as Okapi prints its answers. Written a second time here, by hand: the suite must not take the word of
 * the code that it checks. */
export function okapiText(value: unknown): string {
  return print(value, "\n");
}

function print(value: unknown, lineStart: string): string {
  if (Array.isArray(value)) {
    return value.length === 0 ? "[ ]" : `[ ${value.map((item) => print(item, lineStart)).join(", ")} ]`;
  }
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const inner = `${lineStart}  `;
  const members = Object.entries(value).map(
    ([key, member]) => `${inner}${JSON.stringify(key)} : ${print(member, inner)}`,
  );
  return members.length === 0 ? "{ }" : `{${members.join(",")}${lineStart}}`;
}

/** The text of descriptors that were sent: ours has their keys as they came, Okapi's in the order of its beans. */
export function descriptorsText(kind: "octavo" | "okapi", descriptors: readonly SentDescriptor[]): string {
  if (kind === "octavo") return okapiText(descriptors);
  return okapiText(
    descriptors.map(({ id, name, requires, provides, ...more }) => ({
      id,
      name,
      requires,
      provides,
      ...more,
    })),
  );
}

interface SentDescriptor {
  readonly id: string;
  readonly name: string;
  readonly requires: unknown;
  readonly provides: unknown;
}
