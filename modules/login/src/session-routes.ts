import { type Calls, Refusal, type Route, route, Type } from "@octavo/module-kit";
import { endedCookies, refreshTokenOf, tokenCookies } from "./cookies.ts";
import type { SameSite } from "./login-config.ts";
import { nowMs } from "./now.ts";
import { SECRET } from "./sign-in-routes.ts";
import { PairAnswer, WithExpiry } from "./token-answers.ts";

type CallError = Extract<Awaited<ReturnType<Calls["send"]>>, { readonly ok: false }>["error"];

/** Refresh and logout: the cookie is the proof, the gateway's authority decides. */
export function sessionRoutes(sameSite: SameSite): readonly Route[] {
  return [
    route({
      method: "POST",
      path: "/authn/refresh",
      summary: "Gives new tokens for the refresh token in the cookie",
      isPublic: true,
      modulePermissions: ["auth.signtoken", "auth.signrefreshtoken"],
      answers: { 201: WithExpiry },
      handle: async ({ headers, calls, context }) => {
        const refreshToken = refreshTokenOf(headers["cookie"] ?? "");
        if (refreshToken === null) return noCookie();
        const answer = await calls.send({
          method: "POST",
          path: "/token/refresh",
          body: { refreshToken },
          answer: PairAnswer,
        });
        if (!answer.ok) {
          const message = "Authorization server unable to process token refresh request";
          return unprocessed(answer.error, message, "token.refresh");
        }
        const pair = answer.value.body;
        const { accessTokenExpiration, refreshTokenExpiration } = pair;
        const cookies = tokenCookies(pair, { sameSite, gatewayUrl: context.okapiUrl, nowMs: nowMs() });
        return {
          status: 201,
          headers: { "set-cookie": cookies, ...SECRET },
          body: { accessTokenExpiration, refreshTokenExpiration },
        };
      },
    }),
    route({
      method: "POST",
      path: "/authn/logout",
      summary: "Ends the session of the refresh token in the cookie; without any cookie all of the user's",
      isPublic: true,
      answers: { 204: null },
      handle: async ({ headers, calls, context }) => {
        const cookie = headers["cookie"];
        if (cookie === undefined) return await endAll(calls, context.okapiUrl);
        const refreshToken = refreshTokenOf(cookie);
        if (refreshToken === null) return noCookie();
        const ended = await calls.send({
          method: "POST",
          path: "/token/invalidate",
          body: { refreshToken },
          answer: Type.Unknown(),
        });
        return ended.ok ? loggedOut(context.okapiUrl) : notLoggedOut(ended.error);
      },
    }),
    route({
      method: "POST",
      path: "/authn/logout-all",
      summary: "Ends all sessions of the user",
      answers: { 204: null },
      handle: ({ calls, context }) => endAll(calls, context.okapiUrl),
    }),
  ];
}

async function endAll(calls: Calls, gatewayUrl: string | null) {
  const ended = await calls.send({ method: "POST", path: "/token/invalidate-all", answer: Type.Unknown() });
  return ended.ok ? loggedOut(gatewayUrl) : notLoggedOut(ended.error);
}

function loggedOut(gatewayUrl: string | null) {
  return { status: 204, headers: { "set-cookie": endedCookies(gatewayUrl) } } as const;
}

function notLoggedOut(error: CallError): Refusal {
  return unprocessed(error, "Authorization server unable to process token logout request", "token.logout");
}

function noCookie(): Refusal {
  return new Refusal(400, [{ message: "Bad request", type: "error", code: "token.parse.failure" }]);
}

/** What the authority refuses is 422. One that cannot be reached, or cannot store now, has ended nothing: the client keeps its cookie and
 * tries again. */
function unprocessed(error: CallError, message: string, code: string): Refusal {
  if (error.kind === "refused" && error.status < 500) {
    return new Refusal(422, [{ message, type: "error", code: `${code}.unprocessable` }]);
  }
  const entry = { message: "Internal Server error", type: "error", code: `${code}.failure` };
  const isLater = error.kind === "refused" && error.status === 503;
  return isLater ? new Refusal(503, [entry], { "retry-after": "1" }) : new Refusal(500, [entry]);
}
