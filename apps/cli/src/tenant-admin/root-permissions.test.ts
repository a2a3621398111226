import fc from "fast-check";
import { expect, it } from "vitest";
import { rootsOf, type StatedPermission } from "./root-permissions.ts";

const names = ["a", "b", "c", "d", "e", "f"];
const stated = fc.uniqueArray(
  fc.record({ permissionName: fc.constantFrom(...names), subPermissions: fc.subarray(names) }),
  {
    selector: ({ permissionName }) => permissionName,
  },
);

function broughtBy(roots: readonly string[], all: readonly StatedPermission[]): ReadonlySet<string> {
  const brought = new Set(roots);
  for (let before = -1; before !== brought.size;) {
    before = brought.size;
    for (const { permissionName, subPermissions } of all) {
      if (brought.has(permissionName)) for (const sub of subPermissions) brought.add(sub);
    }
  }
  return brought;
}

it("the roots bring every permission, and none of them brings another", () => {
  fc.assert(
    fc.property(stated, (all) => {
      const roots = rootsOf(all);
      const brought = broughtBy(roots, all);
      for (const { permissionName } of all) expect(brought).toContain(permissionName);
      for (const root of roots) {
        const others = roots.filter((other) => other !== root);
        expect(broughtBy(others, all)).not.toContain(root);
      }
    }),
  );
});

it("what is of the platform, of module calls or of the system is given to nobody", () => {
  const all = [
    "okapi.all",
    "okapi.proxy.tenants.post",
    "modperms.x",
    "SYS#users",
    "perms.users.assign.okapi",
    "users.all",
  ];
  expect(rootsOf(all.map((permissionName) => ({ permissionName, subPermissions: [] })))).toEqual([
    "users.all",
  ]);
});
