import { type Calls, type Log, Type, unavailable } from "@octavo/module-kit";
import { isPwned } from "./pwned-passwords.ts";
import type { Rule } from "./rules.ts";

export interface Asked {
  readonly password: string;
  readonly userId: string;
  readonly username: string;
}

export interface CheckSurroundings {
  readonly calls: Calls;
  readonly log: Log;
  /** Null: no password is looked for among those that have leaked. */
  readonly pwnedUrl: string | null;
}

/** @param rules in the order in which they are asked
 * @returns the messages of those that are broken; the first Strong one ends it */
export async function brokenRules(
  asked: Asked,
  rules: readonly Rule[],
  surroundings: CheckSurroundings,
): Promise<readonly string[]> {
  const messages: string[] = [];
  for (const rule of rules) {
    const broken = await messagesOf(rule, asked, surroundings);
    messages.push(...broken);
    if (broken.length > 0 && rule.validationType === "Strong") break;
  }
  return messages;
}

async function messagesOf(
  rule: Rule,
  asked: Asked,
  surroundings: CheckSurroundings,
): Promise<readonly string[]> {
  const own = [rule.errMessageId ?? rule.name];
  switch (rule.type) {
    case "RegExp":
      return matches(rule.expression ?? "", asked) ? [] : own;
    case "PwnedPassword":
      return (await isPwned(asked.password, surroundings.pwnedUrl, surroundings.log)) ? own : [];
    case "Programmatic":
      return await askModule(rule, asked, surroundings);
  }
}

/** As Java's `matches`: the whole password. A name is taken letter by letter, not as an expression. */
function matches(expression: string, { password, username }: Asked): boolean {
  if (expression.trim() === "") return true;
  const named = expression.replaceAll("<USER_NAME>", () =>
    username.replaceAll(/[\\^$.*+?()[\]{}|/-]/gu, String.raw`\$&`),
  );
  // No flag: the expressions are Java's, and some are not valid as Unicode ones.
  // oxlint-disable-next-line require-unicode-regexp
  return new RegExp(`^(?:${named})$`).test(password);
}

const Verdict = Type.Object({
  result: Type.Optional(Type.String()),
  messages: Type.Optional(Type.Array(Type.String())),
});

/** mod-login's answer has a result and no messages, which mod-password-validator therefore takes for no objection. */
async function askModule(
  rule: Rule,
  { password, userId }: Asked,
  { calls }: CheckSurroundings,
): Promise<readonly string[]> {
  const path = rule.implementationReference ?? "";
  const isPath = path.startsWith("/") && !path.startsWith("//");
  const answer = isPath
    ? await calls.send({ method: "POST", path, body: { password, userId }, answer: Verdict })
    : null;
  if (answer?.ok === true) {
    const { result, messages = [] } = answer.value.body;
    if (messages.length > 0) return messages;
    return result === "invalid" ? [rule.errMessageId ?? rule.name] : [];
  }
  if (rule.validationType === "Soft") return [];
  throw unavailable(`The rule ${rule.name} cannot be asked at this moment`, 2, "rule-unavailable");
}
