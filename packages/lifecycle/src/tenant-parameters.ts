import type { JsonValue } from "@octavo/json";

/** "a=b,c" as the list of keys and values that `_tenant` takes since 1.2. Java's split drops empty pieces at the end, and so
 * what stands behind a second "=".
 * @see Okapi: TenantManager.putTenantParameters */
export function tenantParameterList(text: string): readonly JsonValue[] {
  const list: JsonValue[] = [];
  for (const pair of javaSplit(text, ",")) {
    const [key, value] = javaSplit(pair, "=");
    if (key === undefined) continue;
    const named = new Map([["key", key]]);
    list.push(value === undefined ? named : named.set("value", value));
  }
  return list;
}

function javaSplit(text: string, separator: string): readonly string[] {
  if (text === "") return [""];
  const pieces = text.split(separator);
  return pieces.slice(0, pieces.findLastIndex((piece) => piece !== "") + 1);
}
