import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTenantWorld, type TenantWorld } from "../testing/tenant-world.ts";

let world: TenantWorld;
let token = "";

beforeAll(async () => {
  world = await startTenantWorld(1);
  ({ accessToken: token } = await world.signIn("ann"));
});
afterAll(() => world.close());

const parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

describe("without spans of ours a module is told", () => {
  const cases: readonly (readonly [
    what: string,
    sent: Readonly<Record<string, string>>,
    got: readonly unknown[],
  ])[] = [
    ["what the gateway was told", { traceparent: parent, tracestate: "a=1 , b=2" }, [parent, "a=1,b=2"]],
    [
      "the parent alone where the state is malformed",
      { traceparent: parent, tracestate: "A" },
      [parent, undefined],
    ],
    [
      "nothing where the parent is malformed",
      { traceparent: "00-1-2-3", tracestate: "a=1" },
      [undefined, undefined],
    ],
    ["nothing of a state without a parent", { tracestate: "a=1" }, [undefined, undefined]],
    ["nothing where there was nothing", {}, [undefined, undefined]],
  ];
  it.each(cases)("%s", async (_what, sent, got) => {
    const { text } = await world.as(token, 0, "GET", "/echo", sent);
    const told = JSON.parse(text) as Record<string, unknown>; // the module answers with its headers
    expect([told["traceparent"], told["tracestate"]]).toEqual(got);
  });
});
