/** This machine's clock, for the age of cookies: they end no session, the token within does. */
export function nowMs(): number {
  return performance.timeOrigin + performance.now();
}
