import { describeWithFolio } from "@octavo/testing/describe-with-folio";
import { afterAll, beforeAll, expect, it } from "vitest";
import { AccessModel, type Asker, pathFor, type Question, type RawRoute } from "./access-model.ts";
import { type ClosedPlatform, startClosedPlatform } from "./closed-platform.ts";
import { type Case, claimsOf, complaintOf, headersOf } from "./compare.ts";
import { inParallel } from "./keep-alive-client.ts";
import { type RawDescriptor, readReleaseA } from "./raw-descriptor.ts";
import type { Told } from "./recording-module.ts";

/** Every route of release A, asked by everybody, at two gateways on one database: by nobody, with a token of another tenant,
 * by a user who lacks a permission, by one who has what it takes, and by the modules themselves. */
describeWithFolio("every route of release A", () => {
  let platform: ClosedPlatform;
  let modules: readonly RawDescriptor[];
  let model: AccessModel;
  let questions: readonly Question[];
  const tokens = new Map<string, string>();
  const mintedFor = new Map<RawRoute, { readonly token: string; readonly asker: Asker }>();

  beforeAll(async () => {
    const release = readReleaseA();
    // A tenant with mod-authtoken asks that instead; its routes are the gateway's here.
    modules = release.filter(({ id }) => !id.startsWith("mod-authtoken-"));
    model = new AccessModel(modules);
    questions = model.routes.flatMap(questionsFor);
    platform = await startClosedPlatform(2);
    await platform.tenant("diku", modules);
    await platform.tenant("north", modules);
    await platform.tenant("filtered", release);
  }, 120_000);
  afterAll(() => platform.close());

  it("is there: 141 modules, 2,144 entries", () => {
    const release = readReleaseA();
    const entries = release
      .flatMap(({ provides }) => provides ?? [])
      .flatMap(({ handlers }) => handlers ?? []);
    expect([release.length, entries.length]).toEqual([141, 2144]);
  });

  async function tokenOf(tenantId: string, userId: string, permissions: Iterable<string>): Promise<string> {
    platform.module.users.set(userId, { permissions: [...permissions], isActive: true });
    const known = tokens.get(`${tenantId}/${userId}`) ?? (await platform.tokenOf(tenantId, userId));
    tokens.set(`${tenantId}/${userId}`, known);
    return known;
  }

  async function userWith(permissions: readonly string[]): Promise<{ asker: Asker; token: string }> {
    const userId = `user-${userIdOf(permissions)}`;
    const token = await tokenOf("diku", userId, permissions);
    return { asker: { kind: "known", userId, permissions: new Set(permissions) }, token };
  }

  async function complaints(cases: readonly Case[]): Promise<string[]> {
    const found: string[] = [];
    const numbered = cases.map((each, number) => ({
      each,
      name: `${cases.length}-${number}-${Math.random()}`,
    }));
    for (const client of platform.clients) {
      platform.module.cases.clear();
      await inParallel(numbered, async ({ each, name }) => {
        const { method, path } = each.question;
        const answer = await client.call({ method, path, headers: { ...headersOf(each), "X-Case": name } });
        const complaint = complaintOf(each, answer);
        if (complaint !== null) found.push(complaint);
        const reached = platform.module.cases.has(name);
        if (reached && each.expected.kind === "refused")
          found.push(`${method} ${path}: refused, but a module was called`);
      });
    }
    return found.slice(0, 20);
  }

  it("is closed to nobody in particular, but for what signs in", async () => {
    const asker: Asker = { kind: "nobody" };
    const cases = questions.map((question) => ({
      question,
      asker,
      token: null,
      expected: model.expected(question, asker),
    }));
    const open = cases.filter(({ expected }) => expected.kind === "reached").map(({ question }) => question);
    expect(open.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(openToEverybody);
    expect(await complaints(cases)).toEqual([]);
  }, 60_000);

  it("is closed to another tenant, whatever may be done there", async () => {
    const token = await tokenOf(
      "north",
      "stranger",
      model.routes.flatMap(({ entry }) => entry.permissionsRequired ?? []),
    );
    const asker: Asker = { kind: "stranger", tenantId: "north" };
    const cases = questions.map((question) => ({
      question,
      asker,
      token,
      expected: model.expected(question, asker),
    }));
    expect(await complaints(cases)).toEqual([]);
  }, 60_000);

  it("is closed to a user who lacks one permission of those it requires", async () => {
    const cases: Case[] = [];
    await inParallel(questions, async (question) => {
      const { asker, token } = await userWith(model.wantedBy(question).required.slice(0, -1));
      cases.push({ question, asker, token, expected: model.expected(question, asker) });
    });
    expect(await complaints(cases)).toEqual([]);
  }, 60_000);

  it("is open to a user with just its permissions, and its module is told just what it wants to know", async () => {
    const cases: Case[] = [];
    await inParallel(questions, async (question) => {
      const { required, desired } = model.wantedBy(question);
      const some = desired
        .filter((_each, at) => at % 2 === 0)
        .map((each) => each.replaceAll("*", "some-one"));
      const { asker, token } = await userWith([...new Set([...required, ...some, "nobody.asks.for.this"])]);
      cases.push({ question, asker, token, expected: model.expected(question, asker) });
    });
    const reached = cases.filter(({ expected }) => expected.kind === "reached").length;
    expect(reached).toBeGreaterThan(2000);
    expect(await complaints(cases)).toEqual([]);
  }, 60_000);

  it("is open to a module for what its own descriptor gives it, and for nothing else", async () => {
    const withOwn = questions.filter((each) => model.handlerOf(each)?.entry.modulePermissions !== undefined);
    await inParallel(withOwn, async (question) => {
      const { asker, token } = await userWith(model.wantedBy(question).required);
      const { method, path } = question;
      const headers = headersOf({ question, token, asker, expected: model.expected(question, asker) });
      const answer = await platform.clients[0]?.call({ method, path, headers });
      const told = JSON.parse(answer?.text ?? "{}") as Told; // of the recording module
      const route = model.handlerOf(question);
      if (route !== null && told.token !== null) mintedFor.set(route, { token: told.token, asker });
    });
    const guarded = questions
      .map((question) => ({ question, required: model.wantedBy(question).required }))
      .filter(({ required, question }) => required.length > 0 && model.handlerOf(question) !== null);
    const cases = [...mintedFor].flatMap(([route, { token, asker }], at): Case[] => {
      if (asker.kind !== "known") return [];
      const own = model.expand(route.entry.modulePermissions ?? []);
      const caller: Asker = { ...asker, permissions: new Set([...own, ...asker.permissions]) };
      const others = [...guarded.slice(at), ...guarded.slice(0, at)];
      const opened = others.find(({ required }) => required.every((each) => own.has(each)));
      const closed = others.find(({ required }) => !required.every((each) => caller.permissions.has(each)));
      return [opened, closed]
        .filter((each) => each !== undefined)
        .map(({ question }) => ({
          question,
          asker: caller,
          token,
          expected: model.expected(question, caller),
        }));
    });
    expect(cases.length).toBeGreaterThan(1000);
    expect(new Set([...mintedFor.values()].map(({ token }) => claimsOf(token)["type"]))).toEqual(
      new Set(["module"]),
    );
    expect(await complaints(cases)).toEqual([]);
  }, 60_000);

  it("is named to a tenant's own auth filter with all that its stages require and desire", async () => {
    const release = new AccessModel(readReleaseA());
    const found: string[] = [];
    for (const client of platform.clients) {
      await inParallel(questions, async ({ method, path, moduleId }) => {
        const question: Question = { method, path, moduleId, tenantId: "filtered" };
        const headers = {
          "X-Okapi-Tenant": "filtered",
          ...(moduleId === null ? {} : { "X-Okapi-Module-Id": moduleId }),
        };
        const answer = await client.call({ method, path, headers });
        const handler = release.handlerOf(question);
        if (handler === null) {
          if (answer.status !== 404) found.push(`${method} ${path}: ${answer.status}, and no module has it`);
          return;
        }
        const { required, desired } = release.wantedBy(question);
        const told = JSON.parse(answer.text) as Told; // of the recording module
        const got = [told.moduleId, told.filter?.required ?? [], told.filter?.desired ?? []];
        const wanted = [handler.module.id, required, desired];
        if (JSON.stringify(got) !== JSON.stringify(wanted))
          found.push(`${method} ${path}: ${JSON.stringify({ got, wanted })}`);
      });
    }
    expect(found.slice(0, 20)).toEqual([]);
  }, 60_000);
});

/** One with the id of its module where only that leads to it, and one without where that leads nowhere. */
function questionsFor(route: RawRoute): readonly Question[] {
  const plain = {
    method: route.method === "*" ? "GET" : route.method,
    path: pathFor(route.entry),
    tenantId: "diku",
  };
  const direct = { ...plain, moduleId: null };
  return route.kind === "proxy" ? [direct] : [direct, { ...plain, moduleId: route.module.id }];
}

const userIds = new Map<string, number>();

function userIdOf(permissions: readonly string[]): number {
  const key = permissions.join();
  const known = userIds.get(key) ?? userIds.size + 1;
  userIds.set(key, known);
  return known;
}

/** What release A is open to everybody for. Whoever adds a line means it. */
const openToEverybody = [
  "GET /saml/check",
  "POST /authn/login",
  "POST /authn/login-with-expiry",
  "POST /authn/logout",
  "POST /authn/refresh",
  "POST /bl-users/forgotten/password",
  "POST /bl-users/forgotten/username",
  "POST /bl-users/login",
  "POST /bl-users/login-with-expiry",
  "POST /saml/callback",
  "POST /saml/callback-with-expiry",
  "POST /saml/login",
];
