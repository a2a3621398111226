// classes.ts runs for every request: what has many values becomes one of a few.

export const methodClasses = ["read", "write", "other"] as const;

/** @returns an index into methodClasses */
export function methodClassOf(method: string): number {
  switch (method) {
    case "GET":
    case "HEAD":
    case "OPTIONS":
      return 0;
    case "POST":
    case "PUT":
    case "PATCH":
    case "DELETE":
      return 1;
    default:
      return 2;
  }
}

/** "none": the client had gone before there was an answer. */
export const statusClasses = ["none", "1xx", "2xx", "3xx", "4xx", "5xx"] as const;

/** @returns an index into statusClasses */
export function statusClassOf(status: number): number {
  const hundreds = Math.trunc(status / 100);
  return hundreds > 5 ? 5 : hundreds;
}

/** "mod-users" of "mod-users-19.1.0": versions come and go, products stay. */
export function productOf(moduleId: string): string {
  const at = moduleId.search(/-\d/);
  return at === -1 ? moduleId : moduleId.slice(0, at);
}
