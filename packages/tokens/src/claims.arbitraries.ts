import fc from "fast-check";
import type { Claims } from "./claims.ts";

/** Claims of every kind, with texts that JSON has to escape. */
export function anyClaims(): fc.Arbitrary<Claims> {
  const text = fc.string({ minLength: 1, maxLength: 12, unit: "grapheme" });
  const count = fc.nat({ max: Number.MAX_SAFE_INTEGER });
  const every = { iss: text, tenant: text, sub: text, iat: count, exp: count, jti: text, epoch: count };
  const user = { user_id: text, user_epoch: count };
  const permissions = fc.array(text, { maxLength: 5 });
  const module = { module: text, extra_permissions: permissions };
  const kind = <T extends string>(type: T) => fc.constant(type);
  return fc.oneof(
    fc.record({ ...every, ...user, type: kind("access"), sid: text }),
    fc.record({ ...every, ...user, type: kind("legacy-access") }),
    fc.record({ ...every, ...user, type: kind("refresh"), prn: kind("refresh"), sid: text, gen: count }),
    fc.record({ ...every, ...user, ...module, type: kind("module") }),
    fc.record({
      ...every,
      ...module,
      type: kind("module"),
      user_id: fc.constant(null),
      user_epoch: fc.constant(null),
    }),
    fc.record({ ...every, type: kind("dummy"), extra_permissions: permissions }),
    fc.record({ ...every, type: kind("dummy-expiring"), extra_permissions: permissions }),
    fc.record({ ...every, type: kind("anonymous") }),
    fc.record({
      ...every,
      type: kind("system"),
      act: text,
      module: fc.option(text),
      extra_permissions: fc.option(permissions),
    }),
  );
}
