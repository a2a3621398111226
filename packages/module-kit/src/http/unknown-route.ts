import type { FastifyReply, FastifyRequest } from "fastify";
import type { Route } from "../definition/route.ts";
import { Refusal } from "./refusal.ts";
import { sendRefusal } from "./send-answer.ts";

/** Answers what no route takes: OPTIONS of a known path tells its methods, another method of it is 405, anything else 404. */
export function unknownRoute(routes: readonly Route[]) {
  const paths = new Map<string, { readonly pattern: RegExp; readonly methods: string[] }>();
  for (const { path, method } of routes) {
    const known = paths.get(path) ?? { pattern: patternOf(path), methods: [] };
    known.methods.push(method, ...(method === "GET" ? ["HEAD"] : []));
    paths.set(path, known);
  }
  const methodsOf = (path: string): readonly string[] =>
    [...paths.values()].filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => methods);

  return (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const [path = ""] = request.url.split("?", 1);
    const methods = methodsOf(path);
    if (methods.length === 0) {
      return sendRefusal(
        reply,
        new Refusal(404, [{ message: `No route for ${request.method} ${path}`, code: "no-route" }]),
      );
    }
    const allow = [...new Set([...methods, "OPTIONS"])].sort().join(", ");
    if (request.method === "OPTIONS") return reply.code(204).header("allow", allow).send();
    const message = `${path} takes ${allow}`;
    return sendRefusal(reply, new Refusal(405, [{ message, code: "method" }], { allow }));
  };
}

function patternOf(path: string): RegExp {
  const escaped = path.replaceAll(/[.*+?^$()|[\]\\]/gu, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll(/\{[^}]*\}/gu, "[^/]+")}$`, "u");
}
