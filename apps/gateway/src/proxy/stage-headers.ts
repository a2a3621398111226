import type { HeaderList } from "@octavo/http-wire";
import type { Stage } from "@octavo/routing";
import type { StagePermissions } from "./module-permissions.ts";
import { isBetweenGatewayAndAuth } from "./answer-headers.ts";

/** An answer that later stages are told of. */
export interface StageResult {
  readonly status: number;
  readonly headers: HeaderList;
}

/** What one stage is told beyond the request itself. */
export interface StageKnowledge {
  /** null where it gets none. */
  readonly token: string | null;
  /** Only auth filters get these two. */
  readonly permissions: () => StagePermissions;
  readonly additionalToken: string | null;
  /** Results of the stages before, where there are such. */
  readonly handler: StageResult | null;
  readonly failedAuth: StageResult | null;
}

/** The head of a request on its way from stage to stage. */
export class StageHeaders {
  readonly #headers: string[];

  constructor(headers: readonly string[]) {
    this.#headers = [...headers];
  }

  /** @param value null takes it away */
  set(name: string, value: string | null): void {
    const lower = name.toLowerCase();
    for (let at = this.#headers.length - 2; at >= 0; at -= 2) {
      if (this.#headers[at]?.toLowerCase() === lower) this.#headers.splice(at, 2);
    }
    if (value !== null) this.#headers.push(name, value);
  }

  /** Takes over what a stage says with its answer: any header of its own making ("X-..."), and who calls, if it is the auth
   * filter that says so. */
  learn(answer: HeaderList, isAuth: boolean): void {
    for (let at = 0; at + 1 < answer.length; at += 2) {
      const name = answer[at] ?? "";
      const lower = name.toLowerCase();
      if (!lower.startsWith("x-") || isBetweenGatewayAndAuth(lower)) continue;
      const isIdentity = lower === "x-okapi-user-id" || lower === "x-okapi-permissions";
      if (lower.startsWith("x-okapi-") && !(isAuth && isIdentity)) continue;
      this.set(name, answer[at + 1] ?? "");
    }
  }

  /** What goes to this stage's module. */
  forStage({ route }: Stage, knowledge: StageKnowledge): string[] {
    const made = [...this.#headers];
    const { phase, pathPattern, path } = route.entry;
    if (knowledge.token !== null && knowledge.token !== "") made.push("X-Okapi-Token", knowledge.token);
    if (pathPattern !== null) made.push("X-Okapi-Match-Path-Pattern", pathPattern);
    if (phase !== null) made.push("X-Okapi-Filter", `${phase} ${pathPattern ?? path ?? ""}`);
    if (phase === "auth") addForAuth(made, knowledge);
    else if (phase === "pre" && knowledge.failedAuth !== null) {
      made.push("X-Okapi-Auth-Result", String(knowledge.failedAuth.status));
    } else if (phase === "post") addResults(made, knowledge);
    return made;
  }
}

function addForAuth(made: string[], { permissions, additionalToken }: StageKnowledge): void {
  const { required, desired, ofModules, extra } = permissions();
  if (required.length > 0) made.push("X-Okapi-Permissions-Required", required.join(","));
  if (desired.length > 0) made.push("X-Okapi-Permissions-Desired", desired.join(","));
  // Also where there are none: it tells the auth filter that the gateway has looked.
  made.push("X-Okapi-Module-Permissions", JSON.stringify(Object.fromEntries(ofModules)));
  if (extra.length > 0) made.push("X-Okapi-Extra-Permissions", JSON.stringify(extra));
  if (additionalToken !== null) made.push("X-Okapi-Additional-Token", additionalToken);
}

function addResults(made: string[], { handler, failedAuth }: StageKnowledge): void {
  if (handler !== null) {
    made.push("X-Okapi-Handler-Result", String(handler.status));
    made.push("X-Okapi-Handler-Headers", jsonOf(handler.headers));
  } else if (failedAuth !== null) {
    made.push("X-Okapi-Auth-Result", String(failedAuth.status));
    made.push("X-Okapi-Auth-Headers", jsonOf(failedAuth.headers));
  }
}

/** As Okapi prints a list of headers: [{"name":"value"}, ...]. What only gateway and auth filter share stays out. */
function jsonOf(headers: HeaderList): string {
  const listed: Record<string, string>[] = [];
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const name = headers[at] ?? "";
    if (!isBetweenGatewayAndAuth(name.toLowerCase())) listed.push({ [name]: headers[at + 1] ?? "" });
  }
  return JSON.stringify(listed);
}
