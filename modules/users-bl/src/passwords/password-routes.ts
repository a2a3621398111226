import {
  forbidden,
  Refusal,
  type Route,
  route,
  Type,
  unauthorised,
  cannotBeAsked,
  passedOn,
} from "@octavo/module-kit";
import { userById } from "../find-user.ts";
import { originHeaders } from "../origin-of-client.ts";
import { checkPassword } from "./check-password.ts";
import { send } from "./notify.ts";
import { linkOfToken, linkUsed } from "./reset-action.ts";
import { sendLink } from "./send-link.ts";
import { settingsOf } from "./settings.ts";

const Password = Type.String({ maxLength: 4096 });
const bodyLimitBytes = 64 * 1024;

/** A password changed by its owner, and by a link that somebody sent. */
export const passwordRoutes: readonly Route[] = [
  route({
    method: "POST",
    path: "/bl-users/settings/myprofile/password",
    summary: "Changes one's own password; the old one is the proof",
    modulePermissions: ["validation.validate.post", "users.item.get"],
    body: Type.Object({
      username: Type.Optional(Type.String()),
      userId: Type.Optional(Type.String()),
      password: Type.Optional(Password),
      newPassword: Type.Optional(Password),
    }),
    bodyLimitBytes,
    answers: { 204: null },
    handle: async ({ body, calls, context, headers }) => {
      const { userId } = context;
      if (userId === null) return unauthorised("Nobody is signed in");
      // The rules know former passwords: somebody else's are not tried here.
      if (body.userId !== undefined && body.userId.toLowerCase() !== userId.toLowerCase()) {
        return forbidden("Only one's own password is changed here");
      }
      const { password = "", newPassword = "" } = body;
      const mistakes = await checkPassword(calls, { userId, password: newPassword });
      if (mistakes.length > 0) return new Refusal(400, mistakes);
      const changed = await calls.send({
        method: "POST",
        path: "/authn/update",
        body: { userId, password, newPassword },
        headers: originHeaders(headers),
        answer: Type.Unknown(),
      });
      return changed.ok ? { status: 204 } : passedOn(changed.error, "login");
    },
  }),
  route({
    method: "POST",
    path: "/bl-users/password-reset/link",
    summary: "Makes a link for a password, and has it sent to the user",
    permissionsRequired: ["users-bl.password-reset-link.generate"],
    modulePermissions: [
      "users.item.get",
      "configuration.entries.collection.get",
      "login.password-reset-action.post",
      "auth.signtoken",
      "notify.item.post",
    ],
    body: Type.Object({ userId: Type.String() }),
    answers: { 200: Type.Object({ link: Type.String() }) },
    handle: async ({ body: { userId }, calls, context, db }) => {
      const user = await userById(calls, userId);
      if (user === null) {
        return new Refusal(422, [{ message: `User with id '${userId}' not found`, code: "user.not-found" }]);
      }
      const settings = await settingsOf(calls);
      const link = await sendLink(user, { calls, context, db, settings });
      return { status: 200, headers: { "cache-control": "no-store" }, body: { link } };
    },
  }),
  route({
    method: "POST",
    path: "/bl-users/password-reset/validate",
    summary: "Says whether the link can be used whose token is the caller's",
    permissionsRequired: ["users-bl.password-reset-link.validate"],
    modulePermissions: ["users.item.get", "auth.signtoken", "login.password-reset-action.get"],
    answers: { 204: null },
    handle: async ({ calls, context, db }) => {
      await linkOfToken(context, calls, db);
      return { status: 204 };
    },
  }),
  route({
    method: "POST",
    path: "/bl-users/password-reset/reset",
    summary: "Makes a password by the link whose token is the caller's, and uses it up",
    permissionsRequired: ["users-bl.password-reset-link.reset"],
    modulePermissions: [
      "login.password-reset-action.get",
      "users.item.get",
      "auth.signtoken",
      "login.password-reset.post",
      "validation.validate.post",
      "notify.item.post",
    ],
    body: Type.Object({ newPassword: Password }, { additionalProperties: false }),
    bodyLimitBytes,
    answers: { 204: null },
    handle: async ({ body: { newPassword }, calls, context, db, headers }) => {
      const { actionId, user } = await linkOfToken(context, calls, db);
      const mistakes = await checkPassword(calls, { userId: user.id, password: newPassword });
      if (mistakes.length > 0) return new Refusal(422, mistakes);
      const reset = await calls.send({
        method: "POST",
        path: "/authn/reset-password",
        body: { passwordResetActionId: actionId, newPassword },
        headers: originHeaders(headers),
        answer: Type.Object({ isNewPassword: Type.Boolean() }),
      });
      if (!reset.ok) {
        // Somebody was faster with it.
        const isGone = reset.error.kind === "refused" && [400, 404].includes(reset.error.status);
        return isGone ? linkUsed(actionId) : cannotBeAsked(reset.error, "login");
      }
      const { isNewPassword } = reset.value.body;
      const told = {
        eventConfigName: isNewPassword ? "PASSWORD_CREATED_EVENT" : "PASSWORD_CHANGED_EVENT",
        recipientId: user.id,
        context: { user, ...(!isNewPassword && { detailedDateTime: new Date().toISOString() }) },
      };
      await send(calls, told, context.log);
      return { status: 204 };
    },
  }),
];
