type Headers = Readonly<Record<string, string | undefined>>;

/** Where a client comes from, as login wants to know it: bounds and events are by the client's address and not by ours. */
export function originHeaders(headers: Headers): Readonly<Record<string, string>> {
  const { "user-agent": browser, "x-forwarded-for": addresses } = headers;
  return {
    ...(browser !== undefined && { "user-agent": browser }),
    ...(addresses !== undefined && { "x-forwarded-for": addresses }),
  };
}

/** The last address is the one that the proxy nearest to us has seen; those before it may be anybody's words.
 * @returns null where nobody said */
export function addressOf(headers: Headers): string | null {
  const address = headers["x-forwarded-for"]?.split(",").at(-1)?.trim().slice(0, 100) ?? "";
  return address === "" ? null : address;
}
