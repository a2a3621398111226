import { badRequest, Duplicate, Refusal, type Route, route, sql, Type } from "@octavo/module-kit";
import { isAmong, rememberedPasswords, replacePassword } from "./former-passwords.ts";
import { logEvent, originOf } from "./log-event.ts";
import { endLinks, lockLinks } from "./password-links.ts";
import { credentials, PasswordAction, passwordActions } from "./records.ts";
import { forgetFailures, type LoginParts, signIn } from "./sign-in.ts";
import { BODY_LIMIT_BYTES } from "./sign-in-routes.ts";
import { credentialOf, lockedCredentialOf } from "./stored-credentials.ts";
import { tenantSettings } from "./tenant-settings.ts";

const Password = Type.String({ maxLength: 4096 });

/** A password changed by its owner, by a link, and whether one was used before. */
export function passwordRoutes(parts: LoginParts): readonly Route[] {
  const { config, passwords } = parts;
  return [
    route({
      method: "POST",
      path: "/authn/update",
      summary: "Changes one's own password; the old one is the proof",
      modulePermissions: ["users.collection.get", "configuration.entries.collection.get"],
      body: Type.Object({
        username: Type.Optional(Type.String({ maxLength: 1000 })),
        userId: Type.Optional(Type.String({ maxLength: 100 })),
        password: Type.Optional(Password),
        newPassword: Type.Optional(Password),
      }),
      bodyLimitBytes: BODY_LIMIT_BYTES,
      answers: { 204: null },
      handle: async (call) => {
        const { newPassword = "", ...typed } = call.body;
        if (typed.userId === undefined && typed.username === undefined) {
          return badRequest("You must provide a username or userId");
        }
        if (newPassword === "") return badRequest("You must provide a new password that isn't empty");
        // Guessed here as it is at sign-in, so it counts and is bounded as there.
        const user = await signIn(call, { password: "", ...typed }, parts);
        if (user instanceof Refusal) return user.status === 422 ? wrong() : user;
        const hash = await passwords.hash(newPassword);
        const settings = await tenantSettings(call.calls, config.lockOut);
        const about = { settings, origin: originOf(call.headers), context: call.context };
        const seen = await call.db.read((tx) => credentialOf(tx, user.id));
        const isDone = await call.db.tx(async (tx) => {
          await lockLinks(tx, user.id);
          const current = await lockedCredentialOf(tx, user.id);
          if (current === null || current.hash !== seen?.hash) return false; // changed meanwhile: the proof was of another one
          await replacePassword(tx, { current, hash, most: settings.historyNumber }, call.context);
          await endLinks(tx, user.id);
          await forgetFailures(tx, user.id);
          await logEvent(tx, { type: "PASSWORD_CHANGE", userId: user.id }, about);
          return true;
        });
        return isDone ? { status: 204 } : wrong();
      },
    }),
    route({
      method: "POST",
      path: "/authn/password/repeatable",
      summary: "Says whether a user had this password before",
      permissionsRequired: ["login.password.validate"],
      modulePermissions: ["configuration.entries.collection.get"],
      body: Type.Object({ password: Password, userId: Type.String() }),
      bodyLimitBytes: BODY_LIMIT_BYTES,
      answers: { 200: Type.Object({ result: Type.String({ description: '"valid" or "invalid"' }) }) },
      handle: async ({ body: { password, userId }, calls, db }) => {
        const { historyNumber } = await tenantSettings(calls, config.lockOut);
        const remembered = await db.read((tx) => rememberedPasswords(tx, userId, historyNumber));
        const result = (await isAmong(password, remembered, passwords)) ? "invalid" : "valid";
        return { status: 200, body: { result } };
      },
    }),
    route({
      method: "POST",
      path: "/authn/password-reset-action",
      summary: "Keeps a link by which a password is made",
      permissionsRequired: ["login.password-reset-action.post"],
      body: PasswordAction,
      answers: { 201: Type.Object({ passwordExists: Type.Boolean() }) },
      handle: async ({ body, context, db }) => {
        const userId = body.userId.toLowerCase();
        try {
          const passwordExists = await db.tx(async (tx) => {
            await lockLinks(tx, userId);
            await passwordActions.create(tx, { ...body, userId }, context);
            return (await credentialOf(tx, userId)) !== null;
          });
          return { status: 201, body: { passwordExists } };
        } catch (cause) {
          if (cause instanceof Duplicate) return badRequest(`There is an action ${body.id} already`);
          throw cause;
        }
      },
    }),
    route({
      method: "GET",
      path: "/authn/password-reset-action/{actionId}",
      summary: "Gives such a link",
      permissionsRequired: ["login.password-reset-action.get"],
      answers: { 200: PasswordAction },
      handle: async ({ params: { actionId }, db }) => {
        const found = await db.read((tx) => passwordActions.find(tx, actionId));
        return found === null ? noAction(404, actionId) : { status: 200, body: found };
      },
    }),
    route({
      method: "POST",
      path: "/authn/reset-password",
      summary: "Makes a password by such a link, which is used up",
      permissionsRequired: ["login.password-reset.post"],
      body: Type.Object(
        { passwordResetActionId: Type.String(), newPassword: Password },
        { additionalProperties: false },
      ),
      bodyLimitBytes: BODY_LIMIT_BYTES,
      answers: { 201: Type.Object({ isNewPassword: Type.Boolean() }) },
      handle: async ({ body, calls, context, db, headers }) => {
        const { passwordResetActionId: actionId, newPassword } = body;
        if (newPassword === "") return badRequest("You must provide a new password that isn't empty");
        const action = await db.read((tx) => passwordActions.find(tx, actionId));
        if (action === null) return noAction(400, actionId);
        const { userId } = action;
        const hash = await passwords.hash(newPassword);
        const settings = await tenantSettings(calls, config.lockOut);
        const about = { settings, origin: originOf(headers), context };
        const isNewPassword = await db.tx(async (tx) => {
          await lockLinks(tx, userId);
          const used = await tx.run(sql`delete from auth_password_action where id = ${actionId}::uuid`);
          if (used === 0) throw noAction(400, actionId); // somebody was faster, or the password is another one since
          const current = await lockedCredentialOf(tx, userId);
          if (current === null) await credentials.create(tx, { userId, hash }, context);
          else await replacePassword(tx, { current, hash, most: settings.historyNumber }, context);
          await endLinks(tx, userId);
          const type = current === null ? "PASSWORD_CREATE" : "PASSWORD_RESET";
          await logEvent(tx, { type, userId }, about);
          return current === null;
        });
        return { status: 201, body: { isNewPassword } };
      },
    }),
  ];
}

function wrong(): Refusal {
  return new Refusal(401, [{ message: "Invalid credentials", code: "unauthorized" }]);
}

function noAction(status: 400 | 404, id: string): Refusal {
  const message = `Password action with ID: \`${id}\` was not found in the db`;
  return new Refusal(status, [{ message, code: "not-found" }]);
}
