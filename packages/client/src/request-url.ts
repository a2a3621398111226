import type { CallInput } from "./call.ts";

/** The URL of a call, or what is wrong with its parts.
 * @param base of the server; a path in it stays in front */
export function requestUrl(base: string, path: string, input: CallInput): URL | { readonly because: string } {
  let because: string | null = null;
  const filled = path.replace(/\{(\w+)\}/gu, (_, name: string) => {
    const value: unknown = Reflect.get(input, name);
    // "." and ".." are taken out of every URL, also when they are percent-encoded: there is no way to send them.
    if (typeof value === "string" && value.isWellFormed() && !["", ".", ".."].includes(value)) {
      return encodeURIComponent(value);
    }
    because ??= `${name} must be a text that is not empty, "." or "..", not ${JSON.stringify(value)}`;
    return "";
  });
  if (because !== null) return { because };
  if (!/^https?:/iu.test(base) || !URL.canParse(base)) {
    return { because: `the server must be a URL such as http://127.0.0.1:9130, not ${JSON.stringify(base)}` };
  }
  const url = new URL(base.replace(/\/+$/u, "") + filled);
  for (const [name, value] of Object.entries(input.query ?? {})) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url;
}
