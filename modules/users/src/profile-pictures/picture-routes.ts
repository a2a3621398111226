import { randomUUID } from "node:crypto";
import {
  badRequest,
  bytes,
  Refusal,
  type RequestContext,
  type RequestDatabase,
  type Route,
  route,
  sql,
  Type,
  Uuid,
} from "@octavo/module-kit";
import { pictureMistake } from "./picture-file.ts";
import { type PictureSettings, settingsOf } from "./picture-settings.ts";
import { opened, sealed } from "./seal.ts";

const file = bytes(["application/octet-stream"], 10 * 1024 ** 2);
const Picture = Type.Object({
  id: Type.String(),
  profile_picture_blob: Type.Optional(Type.String({ description: "base64" })),
});
const params = Type.Object({ id: Uuid });

/** @see mod-users 19.3: UsersAPI, ProfilePictureStorage */
export const pictureRoutes: readonly Route[] = [
  route({
    method: "POST",
    path: "/users/profile-picture",
    summary: "Keeps a profile picture",
    permissionsRequired: ["users.profile-picture.item.post"],
    body: file,
    answers: { 201: Picture },
    handle: async ({ body, db, context }) => {
      const picture = await sealedPicture(db, context, body);
      if (picture instanceof Refusal) return picture;
      const id = randomUUID();
      await db.tx((tx) =>
        tx.run(
          sql`insert into profile_picture (id, sealed, stored_at) values (${id}::uuid, ${picture}, now())`,
        ),
      );
      return { status: 201, headers: { location: `/users/profile-picture/${id}` }, body: { id } };
    },
  }),
  route({
    method: "GET",
    path: "/users/profile-picture/{id}",
    params,
    summary: "Gives a profile picture",
    permissionsRequired: ["users.profile-picture.item.get"],
    answers: { 200: Picture },
    handle: async ({ params: { id }, db, context }) => {
      const key = usable(await db.tx(settingsOf), context);
      if (key instanceof Refusal) return key;
      const row = await db.read((tx) =>
        tx.row<{ sealed: Buffer }>(sql`select sealed from profile_picture where id = ${id}::uuid`),
      );
      if (row === null) return missing(id, `No profile picture found for id ${id}`);
      const picture = opened(row.sealed, key);
      if (picture === null)
        return badRequest("Data integrity check failed, POST and GET must use an identical key", "other-key");
      return { status: 200, body: { id, profile_picture_blob: picture.toString("base64") } };
    },
  }),
  route({
    method: "PUT",
    path: "/users/profile-picture/{id}",
    params,
    summary: "Puts another picture in the place of one",
    permissionsRequired: ["users.profile-picture.item.put"],
    body: file,
    answers: { 200: Picture },
    handle: async ({ params: { id }, body, db, context }) => {
      const picture = await sealedPicture(db, context, body);
      if (picture instanceof Refusal) return picture;
      const replaced = await db.tx((tx) =>
        tx.run(sql`update profile_picture set sealed = ${picture}, stored_at = now() where id = ${id}::uuid`),
      );
      if (replaced === 0) return missing(id, "Existing profile picture is not found");
      return { status: 200, body: { id } };
    },
  }),
  route({
    method: "DELETE",
    path: "/users/profile-picture/{id}",
    params,
    summary: "Deletes a profile picture",
    permissionsRequired: ["users.profile-picture.item.delete"],
    answers: { 204: null },
    handle: async ({ params: { id }, db, context }) => {
      const { enabled } = await db.tx(settingsOf);
      if (enabled !== true) return notEnabled(context);
      const deleted = await db.tx((tx) => tx.run(sql`delete from profile_picture where id = ${id}::uuid`));
      return deleted === 0 ? missing(id, "Profile picture not found") : { status: 204 };
    },
  }),
];

async function sealedPicture(
  db: RequestDatabase,
  context: RequestContext,
  body: AsyncIterable<Uint8Array>,
): Promise<Buffer | Refusal> {
  const settings = await db.tx(settingsOf);
  const key = usable(settings, context);
  if (key instanceof Refusal) return key;
  const picture = await wholeOf(body);
  const mistake = pictureMistake(picture, settings.maxFileSize);
  if (mistake !== null) return badRequest(mistake, "not-a-picture");
  return sealed(picture, key) ?? badRequest("Error encrypting profile picture data", "bad-key");
}

async function wholeOf(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

/** @returns the key */
function usable({ enabled, encryptionKey }: PictureSettings, context: RequestContext): string | Refusal {
  if (enabled !== true) return notEnabled(context);
  return encryptionKey ?? badRequest("Encryption key is null", "no-key");
}

function notEnabled({ tenantId }: RequestContext): Refusal {
  return badRequest(`Profile picture feature is not enabled for tenant ${tenantId}`, "not-enabled");
}

function missing(id: string, message: string): Refusal {
  return new Refusal(404, [{ message, code: "not-found", parameters: [{ key: "id", value: id }] }]);
}
