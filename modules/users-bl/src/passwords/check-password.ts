import { type Calls, type ErrorEntry, Type, cannotBeAsked } from "@octavo/module-kit";

const Checked = Type.Object({ result: Type.String(), messages: Type.Optional(Type.Array(Type.String())) });

/** Asks the tenant's rules for a new password.
 * @returns what is wrong with it, each message a code of its own as well
 * @throws Refusal 503: a password that nobody has checked is not taken */
export async function checkPassword(
  calls: Calls,
  { userId, password }: { readonly userId: string; readonly password: string },
): Promise<readonly ErrorEntry[]> {
  const body = { userId, password };
  const checked = await calls.send({ method: "POST", path: "/password/validate", body, answer: Checked });
  if (!checked.ok) throw cannotBeAsked(checked.error, "password-validator");
  const { result, messages = [] } = checked.value.body;
  if (messages.length === 0 && result !== "valid") return [{ message: result, code: result }];
  return messages.map((message) => ({ message, code: message }));
}
