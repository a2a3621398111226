import type { ModuleAnswer } from "./module-of-tenant.ts";
import type { ComparedDescriptor } from "./real-descriptor.ts";

const NOBODY = "00000000-0000-4000-8000-00000000dead";

/** Asks each method of each route of a descriptor with an id that nobody has and an empty body. Whatever it says of that, it is an answer; no route,
 * another method and a failure of its own are none.
 * @returns the routes without an answer: "PUT /tags/{id}: 405", none where each has one */
export async function routesWithoutAnswer(
  { provides }: ComparedDescriptor,
  ask: (request: string, body?: unknown) => Promise<ModuleAnswer>,
): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const { interfaceType, handlers = [] } of provides) {
    if (interfaceType === "system") continue;
    for (const { methods, pathPattern } of handlers) {
      const path = pathPattern.replace(/\*$/u, "").replaceAll(/\{[^}]*\}/gu, NOBODY);
      for (const method of methods) {
        const answer = await ask(`${method} ${path}`, method === "POST" || method === "PUT" ? {} : undefined);
        if (isNone(answer)) lines.push(`${method} ${pathPattern}: ${answer.status}`);
      }
    }
  }
  return lines;
}

function isNone({ status, body }: ModuleAnswer): boolean {
  const isNoRoute = status === 404 && JSON.stringify(body).includes('"no-route"');
  return isNoRoute || [405, 500, 501].includes(status);
}
