import { badRequest, invalid, Refusal } from "@octavo/module-kit";
import { momentOf } from "./moment.ts";
import type { User } from "./user-records.ts";

/** A user as a client sent it: with or without an id. */
export type UserInput = Omit<User, "id"> & { readonly id?: string | undefined };

/** What is wrong with a user, whatever else there is; null where nothing is. Texts are those of mod-users' UsersAPI, which its clients show. */
export function userMistake({ type, personal, enrollmentDate, expirationDate }: UserInput): Refusal | null {
  if (type === "shadow" && personal?.profilePictureLink !== undefined) {
    const message = "Profile Picture feature is not applicable for user's type SHADOW";
    return invalid("personal.profilePictureLink", personal.profilePictureLink, message);
  }
  const dates = { "personal.dateOfBirth": personal?.dateOfBirth, enrollmentDate, expirationDate };
  for (const [field, date] of Object.entries(dates)) {
    if (date !== undefined && momentOf(date) === null)
      return badField(
        field,
        date,
        `${field} is "${date}": a date is 2024-12-31, or 2024-12-31T12:00:00.000Z`,
      );
  }
  const dateOfBirth = personal?.dateOfBirth;
  if (dateOfBirth?.startsWith("0000") === true)
    return badField("personal.dateOfBirth", dateOfBirth, "dateOfBirth must be at least 0001-01-01");
  const types = (personal?.addresses ?? []).map(({ addressTypeId }) => addressTypeId.toLowerCase());
  if (new Set(types).size < types.length)
    return badRequest("Users are limited to one address per addresstype", "one-address-per-type");
  return null;
}

/** As it is stored: dates in one form, names without spaces around them, nothing said of custom fields that are empty.
 * @param sent one without a mistake */
export function tidied(sent: UserInput): UserInput {
  const { username, customFields, personal, enrollmentDate, expirationDate } = sent;
  const { dateOfBirth } = personal ?? {};
  return {
    ...sent,
    ...(username !== undefined && { username: username.trim() }),
    ...(personal !== undefined && {
      personal: { ...personal, ...(dateOfBirth !== undefined && { dateOfBirth: stored(dateOfBirth) }) },
    }),
    ...(enrollmentDate !== undefined && { enrollmentDate: stored(enrollmentDate) }),
    ...(expirationDate !== undefined && { expirationDate: stored(expirationDate) }),
    ...(customFields !== undefined && {
      customFields: Object.fromEntries(Object.entries(customFields).filter(([, value]) => value !== "")),
    }),
  };
}

function stored(date: string): string {
  return momentOf(date) ?? date;
}

/** 400, as mod-users has it, that names the field. */
export function badField(field: string, value: string, message: string): Refusal {
  return new Refusal(400, [{ message, code: "bad-request", parameters: [{ key: field, value }] }]);
}
