/** The environment of PostgreSQL's programs: nothing of the caller's locale, time zone, home or PG* variables gets in,
 * so that a database is the same wherever it was made. */
export function serverEnvironment(): Record<string, string> {
  const kept = ["PATH", "TMPDIR", "SystemRoot", "TEMP"].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { PATH: "/usr/bin:/bin", ...Object.fromEntries(kept), LC_ALL: "C", TZ: "UTC", HOME: "/" };
}
