/** Where a JSON pointer (RFC 6901) leads to in a value, written as people write it: "modules[0].id".
 * Keys that are not plain names stand in brackets: `env["a b"]`. The whole value is "body". */
export function pathInWords(
  pointer: string,
  value: unknown,
): { readonly words: string; readonly found: unknown } {
  let words = "";
  let found = value;
  for (const escaped of pointer.split("/").slice(1)) {
    const segment = escaped.replaceAll("~1", "/").replaceAll("~0", "~");
    if (Array.isArray(found)) words += `[${segment}]`;
    else if (/^[\p{L}_$][\p{L}\p{N}_$-]*$/u.test(segment)) words += words === "" ? segment : `.${segment}`;
    else words += `[${JSON.stringify(segment)}]`;
    found = memberOf(found, segment);
  }
  return { words: words === "" ? "body" : words, found };
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? Reflect.get(value, key)
    : undefined;
}
