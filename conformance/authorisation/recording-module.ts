import { header, startHttpModule } from "@octavo/testing/okapi-modules/http-module";

/** What a module was told of the call that it got, as its answer says it. */
export interface Told {
  readonly moduleId: string;
  readonly target: string;
  readonly tenantId: string | null;
  readonly token: string | null;
  readonly userId: string | null;
  readonly permissions: readonly string[] | null;
  /** What an auth filter was told to look for; null in what others were told. */
  readonly required: readonly string[] | null;
  readonly desired: readonly string[] | null;
  /** What the auth filter before it was told; null where there was none. */
  readonly filter: Told | null;
}

interface KnownUser {
  readonly permissions: readonly string[];
  readonly isActive: boolean;
  readonly expirationDate?: string;
}

/** One server that is every module: each is known at a path of its own. It answers with what it was told, and as the modules
 * that know the users. As an auth filter it lets everybody through. */
export interface RecordingModule {
  urlOf(moduleId: string): string;
  readonly users: Map<string, KnownUser>;
  /** The X-Case of each call that came, look-ups of users left out. */
  readonly cases: Set<string>;
  close(): Promise<void>;
}

export async function startRecordingModule(): Promise<RecordingModule> {
  const users = new Map<string, KnownUser>();
  const cases = new Set<string>();
  const server = await startHttpModule((request, response) => {
    const [, moduleId = "", target = ""] = /^\/at\/([^/]+)(\/.*)$/.exec(request.url ?? "") ?? [];
    const [, id, ofPermissions] = /^\/(?:perms\/)?users\/([^/?]+)(\/permissions)?/.exec(target) ?? [];
    const user = users.get(decodeURIComponent(id ?? ""));
    request.resume();
    const json = (status: number, value: unknown, headers: Readonly<Record<string, string>> = {}) => {
      response
        .writeHead(status, { "Content-Type": "application/json", ...headers })
        .end(JSON.stringify(value));
    };
    if (user !== undefined) {
      const { isActive, permissions, ...more } = user;
      return json(
        200,
        ofPermissions === undefined ? { id, active: isActive, ...more } : { permissionNames: permissions },
      );
    }
    const name = header(request, "x-case");
    if (name !== null) cases.add(name);
    const permissions = header(request, "x-okapi-permissions");
    const told = header(request, "x-told");
    const answer: Told = {
      moduleId,
      target,
      tenantId: header(request, "x-okapi-tenant"),
      token: header(request, "x-okapi-token"),
      userId: header(request, "x-okapi-user-id"),
      permissions: permissions === null ? null : (JSON.parse(permissions) as string[]), // a JSON array of texts
      required: listed(header(request, "x-okapi-permissions-required")),
      desired: listed(header(request, "x-okapi-permissions-desired")),
      filter: told === null ? null : (JSON.parse(told) as Told), // written below
    };
    if (header(request, "x-okapi-filter")?.startsWith("auth") !== true) return json(200, answer);
    return json(202, answer, { "X-Okapi-Module-Tokens": "{}", "X-Told": JSON.stringify(answer) });
  });
  return { urlOf: (moduleId) => `${server.url}/at/${moduleId}`, users, cases, close: () => server.close() };
}

function listed(text: string | null): readonly string[] | null {
  return text === null || text === "" ? null : text.split(",");
}
