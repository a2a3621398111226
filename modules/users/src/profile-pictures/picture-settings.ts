import { randomBytes } from "node:crypto";
import {
  collection,
  type Document,
  type Static,
  type Stored,
  type Transaction,
  Type,
} from "@octavo/module-kit";

const settings = Type.Object(
  {
    configName: Type.String(),
    enabled: Type.Optional(Type.Boolean({ description: "False unless told" })),
    enabledObjectStorage: Type.Optional(
      Type.Boolean({ description: "Kept for clients; pictures are in the tenant's database" }),
    ),
    encryptionKey: Type.Optional(Type.String({ description: "16, 24 or 32 bytes" })),
    maxFileSize: Type.Optional(Type.Number({ description: "Of a picture, in MiB" })),
  },
  { additionalProperties: false },
);

/** One record: whether users have pictures, and how these are kept. */
export const pictureSettings = collection("configuration", {
  schema: settings,
  unique: [{ fields: ["configName"], ignores: "nothing" }],
  isVersioned: false,
  hasMetadata: false,
});
export type PictureSettings = Stored<Static<typeof settings> & Document>;

/** mod-users makes it when it is enabled, with one key for all of the world; here it is made when it is first asked for, with a key of the tenant's
 * own. */
const NEW = { id: "6f3c2d1e-5b7a-4c19-9e0d-2a8b4c6d7e10", configName: "PROFILE_PICTURE_CONFIG" };
const KEY_BYTES = 16;

export async function settingsOf(tx: Transaction): Promise<PictureSettings> {
  const everything = { query: null, offset: 0, limit: 1, totalRecords: "none" as const };
  const [stored] = (await pictureSettings.search(tx, everything)).documents;
  if (stored !== undefined) return stored;
  const made = {
    ...NEW,
    enabled: false,
    enabledObjectStorage: false,
    encryptionKey: randomBytes(KEY_BYTES).toString("hex"),
    maxFileSize: 4,
  };
  await pictureSettings.upsert(tx, [made], { userId: null }, "all");
  return made;
}
