/** SQLSTATE of what the server refused; null for anything else. */
export function sqlStateOf(error: unknown): string | null {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return null;
  return /^[0-9A-Z]{5}$/u.test(error.code) ? error.code : null;
}

/** Somebody else had a lock, or two waited for each other: what was tried may be tried again as it is. */
export function isLockRefusal(error: unknown): boolean {
  return ["55P03", "40P01", "40001"].includes(sqlStateOf(error) ?? "");
}
