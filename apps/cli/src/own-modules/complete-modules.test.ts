import { expect, it } from "vitest";
import { completeModules, type DescribedModule } from "./complete-modules.ts";

const module = (id: string, provides: string, ...requires: readonly string[]): DescribedModule => ({
  id,
  descriptor: {
    provides: [{ id: provides }],
    requires: requires.map((each) => ({ id: each, version: "1.0" })),
  },
});

it("modules are complete that find what they require among themselves or at the gateway", () => {
  const [tags, login, users] = [
    module("t", "tags"),
    module("l", "login", "users", "authtoken"),
    module("u", "users"),
  ];
  expect(completeModules([tags, login, users])).toEqual({ complete: [tags, login, users], lacking: [] });
  expect(completeModules([tags, login])).toEqual({
    complete: [tags],
    lacking: [{ id: "l", interfaces: ["users"] }],
  });
});

it("what requires an incomplete one is incomplete too, and a circle may be whole", () => {
  const rules = module("p", "password-validator", "login");
  const [login, circle] = [module("l", "login", "users"), module("l", "login", "password-validator")];
  expect(completeModules([rules, login])).toEqual({
    complete: [],
    lacking: [
      { id: "p", interfaces: ["login"] },
      { id: "l", interfaces: ["users"] },
    ],
  });
  expect(completeModules([rules, circle]).complete).toEqual([rules, circle]);
});
