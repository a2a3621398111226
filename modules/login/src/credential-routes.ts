import { badRequest, Duplicate, invalid, Refusal, type Route, route, sql, Type } from "@octavo/module-kit";
import { attemptsOf } from "./attempts.ts";
import { findUser } from "./find-user.ts";
import type { PasswordWork } from "./password-work.ts";
import { endLinks, lockLinks } from "./password-links.ts";
import { credentials } from "./records.ts";
import { BODY_LIMIT_BYTES, LoginCredentials } from "./sign-in-routes.ts";
import { credentialOf } from "./stored-credentials.ts";

const uuid = "^[a-fA-F0-9]{8}-[a-fA-F0-9]{4}-[1-5][a-fA-F0-9]{3}-[89abAB][a-fA-F0-9]{3}-[a-fA-F0-9]{12}$";
const ofUser = Type.Object({ userId: Type.String({ pattern: uuid }) });

export function credentialRoutes(passwords: PasswordWork): readonly Route[] {
  return [
    route({
      method: "POST",
      path: "/authn/credentials",
      summary: "Gives a user a password; the user need not be there yet",
      permissionsRequired: ["login.item.post"],
      body: LoginCredentials,
      bodyLimitBytes: BODY_LIMIT_BYTES,
      answers: { 201: null },
      handle: async ({ body, calls, context, db }) => {
        const { password = "", username, userId: given } = body;
        if (password === "") return invalid("'userId'", given ?? "", "Password is missing or empty");
        if (given !== undefined && !new RegExp(uuid, "u").test(given)) {
          return badRequest(`Invalid UUID string: ${given}`);
        }
        if (given === undefined && username === undefined) {
          return badRequest("You must provide a username or userId");
        }
        const found = given ?? (await findUser(calls, { username }))?.id;
        if (found === undefined) {
          return badRequest(`Error looking up user: No user found by username ${username ?? ""}`);
        }
        const userId = found.toLowerCase();
        const hash = await passwords.hash(password);
        try {
          await db.tx(async (tx) => {
            await lockLinks(tx, userId);
            await credentials.create(tx, { userId, hash }, context);
            await endLinks(tx, userId);
          });
        } catch (cause) {
          if (!(cause instanceof Duplicate)) throw cause;
          return invalid("'userId'", userId, `There already exists credentials for user id '${userId}'`);
        }
        return { status: 201 };
      },
    }),
    route({
      method: "DELETE",
      path: "/authn/credentials",
      summary: "Takes a user's password away, and what is remembered of former ones",
      permissionsRequired: ["login.item.delete"],
      query: ofUser,
      answers: { 204: null },
      handle: async ({ query, db }) => {
        const userId = query.userId.toLowerCase();
        const isDeleted = await db.tx(async (tx) => {
          await lockLinks(tx, userId);
          await endLinks(tx, userId);
          await tx.run(sql`delete from auth_credentials_history where jsonb ->> 'userId' = ${userId}`);
          return (await tx.run(sql`delete from auth_credentials where jsonb ->> 'userId' = ${userId}`)) > 0;
        });
        return isDeleted ? { status: 204 } : missing(`No credentials for userId ${query.userId} found`);
      },
    }),
    route({
      method: "GET",
      path: "/authn/credentials-existence",
      summary: "Says whether a user has a password",
      permissionsRequired: ["login.credentials-existence.get"],
      query: ofUser,
      answers: { 200: Type.Object({ credentialsExist: Type.Boolean() }) },
      handle: async ({ query, db }) => {
        const stored = await db.read((tx) => credentialOf(tx, query.userId.toLowerCase()));
        return { status: 200, body: { credentialsExist: stored !== null } };
      },
    }),
    route({
      method: "GET",
      path: "/authn/loginAttempts/{id}",
      summary: "Gives the wrong passwords that were counted for a user",
      permissionsRequired: ["login.attempts.item.get"],
      answers: {
        200: Type.Object({
          id: Type.String(),
          userId: Type.String(),
          lastAttempt: Type.String(),
          attemptCount: Type.Integer(),
        }),
      },
      handle: async ({ params: { id: userId }, db }) => {
        // What counts for names that nobody has is no user's.
        const found = userId.startsWith("name:") ? null : await db.read((tx) => attemptsOf(tx, userId));
        if (found === null) return missing(`No user login attempts found for id ${userId}`);
        const { id, lastAttempt, attemptCount } = found;
        return { status: 200, body: { id, userId, lastAttempt, attemptCount } };
      },
    }),
  ];
}

function missing(message: string): Refusal {
  return new Refusal(404, [{ message, code: "not-found" }]);
}
