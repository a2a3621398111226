import type { CallInput } from "./call.ts";

/** The URL of a call, or what is wrong with a path parameter.
 * @param base of the server; a path in it stays in front */
export function requestUrl(base: string, path: string, input: CallInput): URL | { readonly because: string } {
  let because: string | null = null;
  const filled = path.replace(/\{(\w+)\}/gu, (_, name: string) => {
    const value: unknown = Reflect.get(input, name);
    // "." and ".." are taken out of every URL, also when they are percent-encoded: there is no way to send them.
    if (typeof value !== "string" || value === "" || value === "." || value === "..") {
      because ??= `${name} must be a text that is not empty, "." or "..", not ${JSON.stringify(value)}`;
    }
    return encodeURIComponent(String(value));
  });
  if (because !== null) return { because };
  const url = new URL(base.replace(/\/+$/u, "") + filled);
  for (const [name, value] of Object.entries(input.query ?? {})) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url;
}
