/** Whether only this machine reaches a listener on this host. A name is looked up by somebody else, so that of names only
 * localhost counts. */
export function isLoopbackHost(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/** Whether a listener on this host is reached by every address of the machine. */
export function isWildcardHost(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}
