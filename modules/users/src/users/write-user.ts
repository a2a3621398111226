import { type Author, Duplicate, invalid, sql, type Transaction } from "@octavo/module-kit";
import { checkCustomFields } from "../custom-fields/check-custom-fields.ts";
import { inWords } from "../duplicates.ts";
import { consortiumMistake } from "../user-tenants/consortium.ts";
import { type Surroundings, surroundingsOf } from "./surroundings.ts";
import { badField, tidied, type UserInput, userMistake } from "./user-mistakes.ts";
import { type User, userRecords } from "./user-records.ts";

type Writer = Author & { readonly tenantId: string };

/** @throws Refusal 400 or 422 that names the field, with mod-users' texts */
export async function createUser(tx: Transaction, sent: UserInput, writer: Writer): Promise<User> {
  const { user, moment } = await checked(tx, sent, writer, {
    unknownAddressType: "You cannot add addresses with non-existent address types",
    stored: null,
  });
  try {
    const created = { ...user, createdDate: moment, updatedDate: moment };
    return await userRecords.create(tx, created as User, writer); // as: an id is made where it has none
  } catch (cause) {
    throw duplicateUser(cause, 422);
  }
}

/** @param stored the user in whose place this one comes, locked */
export async function replaceUser(
  tx: Transaction,
  stored: User,
  sent: UserInput,
  writer: Writer,
): Promise<User> {
  const { user, moment } = await checked(tx, sent, writer, {
    unknownAddressType: "All addresses types defined for users must be existing",
    stored,
  });
  const replaced = { ...user, id: stored.id, createdDate: stored.createdDate ?? moment, updatedDate: moment };
  try {
    return await userRecords.replace(tx, stored.id, replaced, writer);
  } catch (cause) {
    throw duplicateUser(cause, 400);
  }
}

/** The user as it is stored, until the end of the transaction nobody else's to change; null where there is none. */
export async function lockUser(tx: Transaction, id: string): Promise<User | null> {
  const row = await tx.row<{ document: string }>(
    sql`select jsonb::text as document from users where id = ${id}::uuid for update`,
  );
  return row === null ? null : (JSON.parse(row.document) as User); // as: nothing else is stored
}

interface Wording {
  readonly unknownAddressType: string;
  readonly stored: User | null;
}

/** What is found before anything is written, in mod-users' order. */
async function checked(
  tx: Transaction,
  sent: UserInput,
  { tenantId }: Writer,
  { unknownAddressType, stored }: Wording,
): Promise<{ readonly user: UserInput; readonly moment: string }> {
  const mistake = userMistake(sent);
  if (mistake !== null) throw mistake;
  const user = tidied(sent);
  await checkCustomFields(tx, user.customFields ?? {});
  const surroundings = await surroundingsOf(tx, user);
  throwFirst(surroundings, user, unknownAddressType, stored === null ? 422 : 400);
  const { centralTenantId } = surroundings;
  if (centralTenantId !== null) {
    const refused = await consortiumMistake(tx, user, stored, { tenantId, centralTenantId });
    if (refused !== null) throw refused;
  }
  return { user, moment: surroundings.moment };
}

function throwFirst(
  { addressTypes, departments, hasGroup }: Surroundings,
  { patronGroup = "" }: UserInput,
  unknownAddressType: string,
  status: 400 | 422,
): void {
  const [addressType] = addressTypes;
  if (addressType !== undefined)
    throw badField("personal.addresses.addressTypeId", addressType, unknownAddressType);
  if (!hasGroup)
    throw badField("patronGroup", patronGroup, `Cannot add ${patronGroup}. Patron group not found`);
  const [department] = departments;
  if (department === undefined) return;
  const message = `Key (departments)=(${department}) is not present in table "departments".`;
  throw status === 400
    ? badField("departments", department, message)
    : invalid("departments", department, message);
}

const TEXTS: ReadonlyMap<string, string> = new Map([
  ["id", "User with this id already exists"],
  ["username", "User with this username already exists"],
  ["barcode", "This barcode has already been taken"],
]);

/** @param status 422 where it was new, 400 where it was there: as mod-users has it */
function duplicateUser(cause: unknown, status: 400 | 422): unknown {
  return cause instanceof Duplicate ? inWords(cause, status, (field) => TEXTS.get(field) ?? null) : cause;
}
