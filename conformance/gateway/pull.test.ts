import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Api } from "./http.ts";
import { okapiText } from "./okapi-text.ts";
import { openSecondTarget, openTarget, type Target } from "./target.ts";

// The facts of Okapi's PullTest. A second platform is pulled from where there is one.

let target: Target;
let source: Target | null;
let api: Api;
let stub: Server;
let stubUrl: string;
/** What the stub answers as its list of modules. */
let offered: unknown;

beforeAll(async () => {
  target = await openTarget();
  source = await openSecondTarget();
  api = target.api;
  stub = createServer((request, response) => {
    if (request.url === "/_/version") response.writeHead(200, { "Content-Type": "text/plain" }).end("4.4.0");
    else if (request.url?.startsWith("/_/proxy/modules") === true) response.end(JSON.stringify(offered));
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => stub.listen(0, "127.0.0.1", resolve));
  // as: a server that listens on a port has such an address
  stubUrl = `http://127.0.0.1:${(stub.address() as AddressInfo).port}`;
});
afterAll(async () => {
  stub.close();
  await source?.close();
  await target.close();
});

const pull = (...urls: readonly string[]) => api.post("/_/proxy/pull/modules", { urls });
const nobody = "http://127.0.0.1:1";

describe("a pull from another platform", () => {
  const a = { id: "module-a-1.0.0", name: "A", provides: [{ id: "int-a", version: "1.0" }], requires: [] };
  const b = {
    id: "module-b-1.0.0",
    name: "B",
    provides: [{ id: "int-b", version: "1.0" }],
    requires: [{ id: "int-a", version: "1.0" }],
  };
  const brief = ({ id, name }: { readonly id: string; readonly name: string }) => ({ id, name });

  it("brings nothing where nothing is new, and never the gateway's own module", async (context) => {
    if (source === null) return context.skip("no second platform");
    expect(await pull(source.api.baseUrl)).toMatchObject({ status: 200, text: "[ ]" });
  });

  it("brings what is new, once", async (context) => {
    if (source === null) return context.skip("no second platform");
    await source.api.post("/_/proxy/modules", a);
    expect(await pull(source.api.baseUrl)).toMatchObject({ status: 200, text: okapiText([brief(a)]) });
    expect((await api.get("/_/proxy/modules/module-a-1.0.0")).text).toBe(okapiText(a));
    await source.api.post("/_/proxy/modules", b);
    expect(await pull(`${source.api.baseUrl}/`)).toMatchObject({ status: 200, text: okapiText([brief(b)]) });
    expect((await pull(source.api.baseUrl)).text).toBe("[ ]");
  });

  it("is taken from the first that answers", async (context) => {
    if (source === null) return context.skip("no second platform");
    expect(await pull(nobody, source.api.baseUrl)).toMatchObject({ status: 200, text: "[ ]" });
  });
});

describe("a pull from what is no platform", () => {
  it("says so", async () => {
    expect(await pull(nobody)).toMatchObject({ status: 404, text: "pull: none of remote URLs work" });
    expect(await pull(nobody, `${stubUrl}/elsewhere`)).toMatchObject({ status: 404 });
  });

  it("leaves out descriptors that nobody can read", async () => {
    offered = [{ id: "module-1.0.0", new_thing: "new_value" }];
    expect(await pull(stubUrl)).toMatchObject({ status: 200, text: "[ ]" });
  });

  it("fails where the answer is no list of objects", async () => {
    offered = ["something"];
    expect((await pull(stubUrl)).status).toBe(500);
    offered = { id: "module-1.0.0" };
    expect((await pull(stubUrl)).status).toBe(500);
  });

  it("leaves out what does not find what it needs, and what needs that in turn", async () => {
    const provides = (id: string) => [{ id, version: "1.0" }];
    const requires = (id: string) => [{ id, version: "1.0" }];
    offered = [
      { id: "mod-x-1.0.0", provides: provides("int-x"), requires: requires("int-missing") },
      { id: "mod-y-1.0.0", provides: provides("int-y"), requires: requires("int-x") },
      { id: "mod-z-1.0.0", provides: provides("int-z"), requires: [] },
    ];
    expect((await pull(stubUrl)).status).toBe(200);
    const known: readonly { readonly id: string }[] = JSON.parse((await api.get("/_/proxy/modules")).text);
    const ids = known.map(({ id }) => id).filter((id) => /^mod-[xyz]-/u.test(id));
    expect(ids).toEqual(["mod-z-1.0.0"]);
  });
});
