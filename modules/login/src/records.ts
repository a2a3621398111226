import { collection, searchable, Type } from "@octavo/module-kit";

/** Tables with mod-login's names and documents, so that what it has stored can be copied. None of the first two leaves this module. */
const password = {
  userId: Type.String(),
  hash: Type.Optional(
    Type.String({ description: "Argon2id with its cost and salt, or PBKDF2 of mod-login" }),
  ),
  salt: Type.Optional(Type.String({ description: "Of PBKDF2" })),
};

export const credentials = collection("auth_credentials", {
  schema: Type.Object(password),
  unique: [{ fields: ["userId"], ignores: "nothing" }],
  isVersioned: false,
});

export const formerCredentials = collection("auth_credentials_history", {
  schema: Type.Object({ ...password, date: Type.String() }),
  indexes: [searchable.text("userId", ["exact"], "nothing")],
  isVersioned: false,
});

/** A link by which a password is made or made anew: used once, and only for the password that was there when it was made. */
export const PasswordAction = Type.Object(
  { id: Type.String({ format: "uuid" }), userId: Type.String(), expirationTime: Type.String() },
  { additionalProperties: false },
);

export const passwordActions = collection("auth_password_action", {
  schema: Type.Object({ userId: Type.String(), expirationTime: Type.String() }),
  indexes: [searchable.text("userId", ["exact"], "nothing")],
  isVersioned: false,
  hasMetadata: false,
});

export const eventTypes = [
  "PASSWORD_RESET",
  "PASSWORD_CREATE",
  "PASSWORD_CHANGE",
  "SUCCESSFUL_LOGIN_ATTEMPT",
  "FAILED_LOGIN_ATTEMPT",
  "USER_BLOCK",
] as const;
export type EventType = (typeof eventTypes)[number];

export const logEvents = collection("event_logs", {
  schema: Type.Object({
    eventType: Type.Enum([...eventTypes]),
    tenant: Type.String(),
    userId: Type.String(),
    ip: Type.Optional(Type.String()),
    browserInformation: Type.Optional(Type.String()),
    timestamp: Type.Optional(Type.String()),
  }),
  indexes: [
    searchable.text("userId", ["exact"], "nothing"),
    searchable.text("eventType", ["exact", "words"], "nothing"),
    searchable.text("tenant", ["exact"], "nothing"),
    searchable.date("timestamp"),
    searchable.date("metadata.createdDate"),
  ],
  isVersioned: false,
});
