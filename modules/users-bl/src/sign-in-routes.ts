import {
  badRequest,
  type Call,
  type CallAnswer,
  Refusal,
  type Route,
  route,
  type Static,
  Type,
  passedOn,
} from "@octavo/module-kit";
import { CompositeUser, expandQuery, included, includeQuery } from "./composite/composite-user.ts";
import { servicePointPermissions } from "./composite/composite-routes.ts";
import { compositeOf } from "./composite/read-composite.ts";
import { noUserNamed, userByName } from "./find-user.ts";
import { originHeaders } from "./origin-of-client.ts";

const LoginCredentials = Type.Object({
  username: Type.Optional(Type.String({ maxLength: 1000 })),
  userId: Type.Optional(Type.String({ maxLength: 100 })),
  password: Type.Optional(Type.String({ maxLength: 4096 })),
  tenant: Type.Optional(Type.String()),
});
const SignedIn = Type.Object({ ...CompositeUser.properties, tenant: Type.String() });
const Expiration = Type.Object({
  accessTokenExpiration: Type.String({ description: "ISO 8601, UTC" }),
  refreshTokenExpiration: Type.String({ description: "ISO 8601, UTC" }),
});
const SignInQuery = Type.Object({ ...includeQuery, ...expandQuery });
type SignInCall = Call<unknown, Static<typeof SignInQuery>, Static<typeof LoginCredentials>>;

const common = {
  method: "POST",
  isPublic: true,
  modulePermissions: [
    "users.item.get",
    "users.collection.get",
    "perms.users.get",
    "usergroups.item.get",
    ...servicePointPermissions,
  ],
  query: SignInQuery,
  body: LoginCredentials,
  bodyLimitBytes: 64 * 1024,
} as const;
/** Nobody on the way keeps an answer with a token. */
const SECRET = { "cache-control": "no-store" } as const;

/** Sign-in together with what a client wants to know first. Who is let in is login's to say, and in what words. */
export const signInRoutes: readonly Route[] = [
  route({
    ...common,
    path: "/bl-users/login",
    summary: "Signs in and gives the user; the token has no end (deprecated)",
    answers: { 201: SignedIn },
    handle: async (call) => {
      const signed = await signIn(call, "/authn/login", Type.Object({ okapiToken: Type.String() }));
      if (signed instanceof Refusal) return signed;
      const body = await signedIn(call);
      if (body instanceof Refusal) return body;
      return { status: 201, headers: { "x-okapi-token": signed.body.okapiToken, ...SECRET }, body };
    },
  }),
  route({
    ...common,
    path: "/bl-users/login-with-expiry",
    summary: "Signs in and gives the user; the tokens come in cookies",
    answers: { 201: Type.Object({ ...SignedIn.properties, tokenExpiration: Expiration }) },
    handle: async (call) => {
      const signed = await signIn(call, "/authn/login-with-expiry", Expiration);
      if (signed instanceof Refusal) return signed;
      const body = await signedIn(call);
      if (body instanceof Refusal) return body;
      const { accessTokenExpiration, refreshTokenExpiration } = signed.body;
      return {
        status: 201,
        headers: { "set-cookie": signed.headers.getSetCookie(), ...SECRET },
        body: { ...body, tokenExpiration: { accessTokenExpiration, refreshTokenExpiration } },
      };
    },
  }),
];

async function signIn<Schema extends typeof Expiration | ReturnType<typeof Type.Object>>(
  { body, calls, headers }: SignInCall,
  path: string,
  answer: Schema,
): Promise<CallAnswer<Static<Schema>> | Refusal> {
  if (body.username === undefined || body.password === undefined)
    return badRequest("Improperly formatted request");
  const signed = await calls.send({ method: "POST", path, body, headers: originHeaders(headers), answer });
  return signed.ok ? signed.value : passedOn(signed.error, "login");
}

/** Read with what this route may do: who has just signed in may do less. */
async function signedIn({ body: { username = "" }, query, calls, context }: SignInCall) {
  const user = await userByName(calls, username);
  if (user === null) return noUserNamed(username);
  const { include, expandPermissions } = query;
  const includes = included(include);
  // Expanded ones are given here also to those who do not name them.
  const wanted = {
    expandPermissions,
    includes: expandPermissions ? new Set([...includes, "perms"]) : includes,
  };
  const composite = await compositeOf(user, wanted, { calls, log: context.log });
  return { ...composite, tenant: context.tenantId };
}
