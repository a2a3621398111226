import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Api } from "./http.ts";
import { okapiText } from "./okapi-text.ts";
import { openTarget, type Target } from "./target.ts";

// Facts of Okapi's ModuleTest about discovery and nodes, as far as nothing is launched.

let target: Target;
let api: Api;
let module: Server;
let moduleUrl: string;

beforeAll(async () => {
  target = await openTarget();
  api = target.api;
  module = createServer((_request, response) => response.writeHead(404).end("no such thing here"));
  await new Promise<void>((resolve) => module.listen(0, "127.0.0.1", resolve));
  // as: a server that listens on a port has such an address
  moduleUrl = `http://127.0.0.1:${(module.address() as AddressInfo).port}`;
});
afterAll(async () => {
  module.close();
  await target.close();
});

describe("instances of modules", () => {
  const instance = () => ({ instId: "inst-1", srvcId: "sample-module-5.0", url: moduleUrl });
  const silent = { instId: "inst-0", srvcId: "sample-module-5.0", url: "http://127.0.0.1:1" };
  const nowhere = { instId: "inst-2", srvcId: "other-module-1.0" };

  it("are none at first", async () => {
    expect(await api.get("/_/discovery/modules")).toMatchObject({ status: 200, text: "[ ]" });
    expect(await api.get("/_/discovery/modules/sample-module-5.0")).toMatchObject({
      status: 404,
      text: "sample-module-5.0",
    });
    expect(await api.get("/_/deployment/modules")).toMatchObject({ status: 200, text: "[ ]" });
  });

  it("are registered by URL, also of a module that nobody knows, with a Location of two ids", async () => {
    const registered = await api.post("/_/discovery/modules", instance());
    expect(registered).toMatchObject({
      status: 201,
      text: okapiText(instance()),
      location: "/_/discovery/modules/sample-module-5.0/inst-1",
    });
    expect(await api.get(registered.location ?? "")).toMatchObject({
      status: 200,
      text: okapiText(instance()),
    });
  });

  it("are listed, all or those of a module", async () => {
    expect((await api.post("/_/discovery/modules", silent)).status).toBe(201);
    expect((await api.post("/_/discovery/modules", nowhere)).status).toBe(201);
    const ids = async (path: string) => {
      const list: readonly { readonly instId: string }[] = JSON.parse((await api.get(path)).text);
      return list.map(({ instId }) => instId).sort();
    };
    expect(await ids("/_/discovery/modules/sample-module-5.0")).toEqual(["inst-0", "inst-1"]);
    expect(await ids("/_/discovery/modules")).toEqual(["inst-0", "inst-1", "inst-2"]);
  });

  it("are well when they answer at all", async () => {
    expect((await api.get("/_/discovery/health/sample-module-5.0/inst-1")).text).toBe(
      okapiText({ instId: "inst-1", srvcId: "sample-module-5.0", healthMessage: "OK", healthStatus: true }),
    );
    expect((await api.get("/_/discovery/health/other-module-1.0/inst-2")).text).toBe(
      okapiText({
        instId: "inst-2",
        srvcId: "other-module-1.0",
        healthMessage: "Unknown",
        healthStatus: false,
      }),
    );
    const health: readonly { readonly instId: string; readonly healthMessage: string }[] = JSON.parse(
      (await api.get("/_/discovery/health/sample-module-5.0")).text,
    );
    expect(health.find(({ instId }) => instId === "inst-0")?.healthMessage).toMatch(/^Fail: ./u);
    expect((await api.get("/_/discovery/health")).text).toContain('"inst-2"');
  });

  it("are deregistered once, one by one or by module", async () => {
    expect((await api.delete("/_/discovery/modules/sample-module-5.0/inst-1")).status).toBe(204);
    expect((await api.delete("/_/discovery/modules/sample-module-5.0/inst-1")).status).toBe(404);
    expect((await api.delete("/_/discovery/modules/sample-module-5.0")).status).toBe(204);
    expect((await api.delete("/_/discovery/modules/sample-module-5.0")).status).toBe(404);
    expect((await api.get("/_/discovery/modules/sample-module-5.0")).status).toBe(404);
  });

  it("are deregistered all at once", async () => {
    expect(await api.delete("/_/discovery/modules")).toMatchObject({ status: 204, text: "" });
    expect((await api.get("/_/discovery/modules")).text).toBe("[ ]");
    expect((await api.delete("/_/discovery/modules")).status).toBe(204);
  });
});

describe("nodes", () => {
  interface Node {
    readonly nodeId: string;
    readonly url: string;
    readonly nodeName?: string;
  }
  const nodes = async (): Promise<readonly Node[]> => JSON.parse((await api.get("/_/discovery/nodes")).text);
  const first = async (): Promise<Node> => {
    const [node] = await nodes();
    if (node === undefined) throw new Error("a gateway that answers is a node");
    return node;
  };

  it("are the gateways themselves", async () => {
    expect((await nodes()).length).toBeGreaterThan(0);
  });

  it("are found by id", async () => {
    const node = await first();
    expect(await api.get(`/_/discovery/nodes/${node.nodeId}`)).toMatchObject({
      status: 200,
      text: okapiText(node),
    });
  });

  it("are found by URL in an Okapi; here no path may hold an encoded slash", async () => {
    const node = await first();
    const answer = await api.get(`/_/discovery/nodes/${encodeURIComponent(node.url)}`);
    expect(answer.status).toBe(target.kind === "okapi" ? 200 : 400);
  });

  it("get another name, and are found by it", async () => {
    const renamed = { ...(await first()), nodeName: "NewName" };
    const path = `/_/discovery/nodes/${renamed.nodeId}`;
    expect(await api.put(path, renamed)).toMatchObject({ status: 200, text: okapiText(renamed) });
    expect(await api.get("/_/discovery/nodes/NewName")).toMatchObject({
      status: 200,
      text: okapiText(renamed),
    });
  });

  it("keep their id and URL", async () => {
    const node = await first();
    const path = `/_/discovery/nodes/${node.nodeId}`;
    expect(await api.put(path, { ...node, nodeId: "foobar" })).toMatchObject({
      status: 400,
      text: `Can not change nodeId for node ${node.nodeId}`,
    });
    expect(await api.put(path, { ...node, url: "http://localhost:1" })).toMatchObject({
      status: 400,
      text: `Can not change the URL for node ${node.nodeId}`,
    });
  });
});
