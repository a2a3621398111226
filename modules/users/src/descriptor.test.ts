import { descriptorOf } from "@octavo/module-kit";
import { describeWithFolio } from "@octavo/testing/describe-with-folio";
import {
  type ComparedDescriptor,
  permissionsOf,
  realDescriptor,
  routesOf,
} from "@octavo/testing/real-descriptor";
import { expect, it } from "vitest";
import { users } from "./index.ts";

interface WithTimers {
  readonly provides: readonly { readonly id: string; readonly handlers?: readonly object[] }[];
}

const ours = descriptorOf(users) as unknown as ComparedDescriptor & WithTimers; // as: what a descriptor has
const timersOf = ({ provides }: WithTimers) =>
  provides
    .filter(({ id }) => id === "_timer")
    .flatMap(({ handlers = [] }) => handlers)
    .map((handler) => {
      const { pathPattern, unit, delay } = handler as Record<string, unknown>; // as: what a handler has
      return `${String(pathPattern)} ${String(delay)} ${String(unit)}`;
    })
    .toSorted();

describeWithFolio("beside mod-users of release A", () => {
  const real = realDescriptor("mod-users");

  it("provides the same interfaces with the same routes and permissions", () => {
    // A * at the end of a path stands for paths that mod-users has no route for.
    const routes = routesOf(real).map((route) => route.replace("*:", ":"));
    expect(routesOf(ours)).toEqual(routes);
  });

  it("defines the same permissions and sets of them", () => {
    expect(permissionsOf(ours)).toEqual(permissionsOf(real));
  });

  it("is called by the same timers", () => {
    expect(timersOf(ours)).toEqual(timersOf(real as unknown as WithTimers)); // as: what a descriptor has
  });

  it("says of custom-fields that several modules may have it", () => {
    const type = (of: ComparedDescriptor) =>
      of.provides.find(({ id }) => id === "custom-fields")?.interfaceType;
    expect(type(ours)).toBe(type(real));
  });
});

it("tells gateways of users who change, and stands for mod-users", () => {
  expect(ours).toMatchObject({
    metadata: { octavo: { pushesIdentity: true } },
    replaces: ["mod-users"],
  });
});
