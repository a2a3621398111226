import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { descriptorOf } from "@octavo/module-kit";
import { describeWithFolio } from "@octavo/testing/describe-with-folio";
import { routesWithoutAnswer } from "@octavo/testing/every-route";
import { moduleOfTenant, type ModuleOfTenant } from "@octavo/testing/module-of-tenant";
import {
  type ComparedDescriptor,
  permissionsOf,
  realDescriptor,
  routesOf,
} from "@octavo/testing/real-descriptor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { passwordValidatorModule } from "./password-validator.ts";

/** Stands for users, login and the list of leaked passwords ("Leaked-pass1" is in it). */
const others = createServer((request, response) => {
  const path = request.url ?? "";
  void request.toArray().then((pieces) => {
    const answer = (status: number, body: string) => response.writeHead(status).end(body);
    if (path.startsWith("/range/"))
      return answer(200, `${"0".repeat(35)}:7\r\n${leakedSuffix}:${path.endsWith(leakedPrefix) ? 3 : 0}\r\n`);
    if (path === "/users/cedrick") return answer(200, '{"username":"ced.rick+"}');
    if (path === "/authn/password/repeatable")
      return answer(
        200,
        JSON.stringify({ result: pieces.join("").includes("Used-pass1") ? "invalid" : "valid" }),
      );
    return answer(path === "/users/down" ? 500 : 404, "");
  });
});
// SHA-1 of "Leaked-pass1", which the test below makes itself.
let leakedPrefix = "";
let leakedSuffix = "";
let running: ModuleOfTenant;

beforeAll(async () => {
  const digest = await crypto.subtle.digest("SHA-1", new TextEncoder().encode("Leaked-pass1"));
  const hash = Buffer.from(digest).toString("hex").toUpperCase();
  [leakedPrefix, leakedSuffix] = [hash.slice(0, 5), hash.slice(5)];
  others.listen(0, "127.0.0.1");
  await once(others, "listening");
  const url = `http://127.0.0.1:${(others.address() as AddressInfo).port}`; // as: it listens at a port
  running = await moduleOfTenant(passwordValidatorModule(url), undefined, { OCTAVO_URL: url });
});
afterAll(async () => {
  await running.close();
  others.closeAllConnections();
  others.close();
});

const ask = (request: string, body?: unknown) => running.ask(request, body);
const validate = (password: string, userId = "cedrick") =>
  ask("POST /password/validate", { password, userId });
const rule = {
  name: "test rule",
  type: "RegExp",
  validationType: "Soft",
  state: "Disabled",
  moduleName: "test",
  orderNo: 12,
};

describe("a new password", () => {
  it.each<[string, string | null]>([
    ["7Xu^&t[:J3Hha(<B", null],
    ["Sh0rt-1", "password.length.invalid"],
    ["test-password", "password.alphabetical.invalid"],
    ["Test-password", "password.number.invalid"],
    ["Testpassword1", "password.specialCharacter.invalid"],
    ["My-ced.rick+1", "password.usernameDuplicate.invalid"],
    ["My-cedXrick+1", null],
    ["Used-pass1", "password.lastTenPasswords.invalid"],
    ["Two  blanks-1", "password.consecutiveWhitespaces.invalid"],
    ["Leaked-pass1", "password.compromised.invalid"],
  ])("%s breaks %s", async (password, message) => {
    expect(await validate(password)).toMatchObject({
      status: 200,
      body: message === null ? { result: "valid", messages: [] } : { result: "invalid", messages: [message] },
    });
  });

  it("of nobody is 404, without a user or a password 422, with users away 503", async () => {
    const nobody = await validate("Test-password1", "nobody");
    expect(nobody).toMatchObject({
      status: 404,
      body: { errors: [{ message: "User with given id not found" }] },
    });
    for (const [body, key] of [
      [{ password: "x" }, "userId"],
      [{ userId: "cedrick" }, "password"],
    ] as const) {
      const { status, body: answer } = await ask("POST /password/validate", body);
      expect({ status, answer }).toMatchObject({
        status: 422,
        answer: { errors: [{ parameters: [{ key }] }] },
      });
    }
    expect((await validate("Test-password1", "down")).status).toBe(503);
  });

  it("hears of every Soft rule that it breaks, and of the first Strong one", async () => {
    const soft = {
      ...rule,
      name: "soft",
      state: "Enabled",
      expression: "x+",
      errMessageId: "soft",
      orderNo: -1,
    };
    const { body } = await ask("POST /tenant/rules", soft);
    expect((await validate("short")).body).toEqual({
      result: "invalid",
      messages: ["soft", "password.length.invalid"],
    });
    expect((await ask("PUT /tenant/rules", { ...(body as object), state: "Disabled" })).status).toBe(200);
    expect((await validate("7Xu^&t[:J3Hha(<B")).body).toMatchObject({ result: "valid" });
  });
});

describe("rules", () => {
  it("are the eleven that mod-password-validator ships", async () => {
    const { body } = await ask(
      "GET /tenant/rules?limit=100&query=moduleName==mod-password-validator sortby orderNo",
    );
    const { rules, totalRecords } = body as { rules: { name: string }[]; totalRecords: number };
    expect(totalRecords).toBe(11);
    expect(rules.map(({ name }) => name)).toEqual([
      "password_length",
      "alphabetical_letters",
      "numeric_symbol",
      "special_character",
      "no_user_name",
      "keyboard_sequence",
      "repeating_characters",
      "no_white_space_character",
      "no_repeatable_password",
      "no_consecutive_whitespaces",
      "not_compromised",
    ]);
  });

  it("are made with 200, given by id, changed", async () => {
    const made = await ask("POST /tenant/rules", { ...rule, expression: "\\w+" });
    expect(made).toMatchObject({ status: 200, body: rule });
    const { id } = made.body as { id: string };
    expect((await ask(`GET /tenant/rules/${id}`)).body).toMatchObject({ id, expression: "\\w+" });
    expect(await ask("PUT /tenant/rules", { ...rule, id, orderNo: 13 })).toMatchObject({
      status: 200,
      body: { id, orderNo: 13 },
    });
  });

  it.each<[string, unknown, number]>([
    ["GET /tenant/rules/00000000-0000-4000-8000-000000000000", undefined, 404],
    ["GET /tenant/rules/7", undefined, 400],
    ["POST /tenant/rules", { ...rule, name: "password_length" }, 422],
    ["POST /tenant/rules", { ...rule, name: "bad", expression: "(" }, 422],
    [
      "POST /tenant/rules",
      { ...rule, name: "bad", type: "Programmatic", implementationReference: "//evil" },
      422,
    ],
    ["POST /tenant/rules", { ...rule, state: "On" }, 422],
    ["PUT /tenant/rules", { ...rule, id: "00000000-0000-4000-8000-000000000000" }, 404],
  ])("%s %j is refused with %i", async (request, body, status) => {
    expect((await ask(request, body)).status).toBe(status);
  });
});

describeWithFolio("the descriptor of mod-password-validator 3.2.1", () => {
  it("has the interface, the routes and the permissions that ours has", () => {
    const ours = descriptorOf(passwordValidatorModule(null)) as ComparedDescriptor; // as: what a descriptor is
    const real = realDescriptor("mod-password-validator");
    expect(routesOf(ours)).toEqual(routesOf(real));
    expect(permissionsOf(ours)).toEqual(permissionsOf(real));
  });

  it("has no route that ours does not answer", async () => {
    expect(await routesWithoutAnswer(realDescriptor("mod-password-validator"), ask)).toEqual([]);
  });
});
