import { Refusal, type Route, route, Type } from "@octavo/module-kit";
import { tokenCookies } from "./cookies.ts";
import { nowMs } from "./now.ts";
import { type LoginParts, signIn } from "./sign-in.ts";
import { PairAnswer, WithExpiry } from "./token-answers.ts";

export const LoginCredentials = Type.Object({
  username: Type.Optional(Type.String({ maxLength: 1000 })),
  userId: Type.Optional(Type.String({ maxLength: 100 })),
  password: Type.Optional(Type.String({ maxLength: 4096 })),
  tenant: Type.Optional(Type.String()),
});

const modulePermissions = [
  "auth.signtoken",
  "auth.signrefreshtoken",
  "users.collection.get",
  "users.item.put",
  "users.item.get",
  "configuration.entries.collection.get",
  "user-tenants.collection.get",
];
export const BODY_LIMIT_BYTES = 64 * 1024;

export function signInRoutes(parts: LoginParts): readonly Route[] {
  const common = {
    method: "POST",
    isPublic: true,
    modulePermissions,
    body: LoginCredentials,
    bodyLimitBytes: BODY_LIMIT_BYTES,
  } as const;
  return [
    route({
      ...common,
      path: "/authn/login",
      summary: "Signs in; the token has no end (deprecated)",
      answers: {
        201: Type.Object({ okapiToken: Type.String(), refreshToken: Type.Optional(Type.String()) }),
      },
      handle: async (call) => {
        const user = await signIn(call, call.body, parts);
        if (user instanceof Refusal) return user;
        const body = { payload: { sub: user.username ?? user.id, user_id: user.id } };
        const answer = Type.Object({ token: Type.String() });
        const signed = await call.calls.send({ method: "POST", path: "/token", body, answer });
        if (!signed.ok) return noToken(signed.error);
        const { token } = signed.value.body;
        return { status: 201, headers: { "x-okapi-token": token, ...SECRET }, body: { okapiToken: token } };
      },
    }),
    route({
      ...common,
      path: "/authn/login-with-expiry",
      summary: "Signs in; the tokens come in cookies",
      answers: { 201: WithExpiry },
      handle: async (call) => {
        const user = await signIn(call, call.body, parts);
        if (user instanceof Refusal) return user;
        const body = { payload: { sub: user.username ?? user.id, user_id: user.id } };
        const signed = await call.calls.send({
          method: "POST",
          path: "/token/sign",
          body,
          answer: PairAnswer,
        });
        if (!signed.ok) return noToken(signed.error);
        const pair = signed.value.body;
        const { accessTokenExpiration, refreshTokenExpiration } = pair;
        const cookies = tokenCookies(pair, {
          sameSite: parts.config.sameSite,
          gatewayUrl: call.context.okapiUrl,
          nowMs: nowMs(),
        });
        return {
          status: 201,
          headers: { "set-cookie": cookies, ...SECRET },
          body: { accessTokenExpiration, refreshTokenExpiration },
        };
      },
    }),
  ];
}

/** Nobody on the way keeps an answer with a token. */
export const SECRET = { "cache-control": "no-store" } as const;

/** 404: the tenant's authority has no such route any more, as mod-login says it. */
function noToken(error: { readonly kind: string; readonly status?: number }): Refusal {
  if (error.kind === "refused" && error.status === 404) {
    return new Refusal(404, [{ message: "Not found", code: "not-found" }]);
  }
  const why = error.status === undefined ? error.kind : `Got response ${error.status} fetching token`;
  return new Refusal(500, [{ message: `Error fetching token: ${why}`, code: "token-unavailable" }]);
}
