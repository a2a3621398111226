import fc from "fast-check";

const texts = fc.array(fc.string({ maxLength: 8 }), { maxLength: 3 });
const id = fc.constantFrom("users", "_tenant", "_timer", "circulation", "x.y", "");
const interfaceVersion = fc.constantFrom("1.0", "2.13", "1.0.4", "1.2 2.0", "15.3 16.0");

/** Some of the properties, in any order, some of them null: all that an author may leave out or turn around. */
function some(
  properties: Readonly<Record<string, fc.Arbitrary<unknown>>>,
): fc.Arbitrary<Record<string, unknown>> {
  return fc
    .shuffledSubarray(Object.keys(properties))
    .chain((keys) =>
      fc.tuple(
        ...keys.map((key) =>
          fc.option(properties[key] ?? fc.constant(null), { freq: 8 }).map((value) => [key, value] as const),
        ),
      ),
    )
    .map((entries) => Object.fromEntries(entries));
}

const anything = fc.dictionary(
  fc.string({ maxLength: 4 }),
  fc.jsonValue({ maxDepth: 2, noUnicodeString: true }).filter(hasNoNegativeZero),
  {
    maxKeys: 3,
    noNullPrototype: true,
  },
);

/** A plain -0 prints as 0, so that it is another value when it is read again. As JSON text it keeps its sign. */
function hasNoNegativeZero(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return !Object.is(value, -0);
  return Object.values(value).every(hasNoNegativeZero);
}

const entry = some({
  methods: fc.subarray(["GET", "POST", "PUT", "DELETE", "*"]),
  pathPattern: fc.constantFrom("/a", "/a/{id}", "/*", "/a/*/{b}/"),
  path: fc.constantFrom("/a", ""),
  rewritePath: fc.constantFrom("/b"),
  phase: fc.constantFrom("auth", "pre", "post"),
  level: fc.constantFrom("10", 50),
  type: fc.constantFrom("request-response", "headers", "redirect", "internal", "system"),
  redirectPath: fc.constantFrom("/c"),
  unit: fc.constantFrom("second", "day"),
  delay: fc.oneof(fc.nat(), fc.nat().map(String)),
  schedule: some({
    cron: fc.constantFrom("1 0 * * *", "*/5 * * * MON"),
    zone: fc.constantFrom("CET", "UTC"),
  }),
  permissionsRequired: texts,
  permissionsDesired: texts,
  modulePermissions: texts,
  permissionsRequiredTenant: texts,
  delegateCORS: fc.constantFrom(true, false, "true"),
});

const reference = fc
  .tuple(id, interfaceVersion, some({ scope: texts }))
  .map(([id, version, rest]) => ({ ...rest, version, id }));

const provided = fc
  .tuple(
    id,
    interfaceVersion,
    some({
      scope: texts,
      interfaceType: fc.constantFrom("proxy", "system", "multiple"),
      handlers: fc.array(entry, { maxLength: 3 }),
    }),
  )
  .map(([id, version, rest]) => ({ id, ...rest, version }));

const permission = fc
  .tuple(
    fc.string(),
    some({ displayName: fc.string(), visible: fc.boolean(), subPermissions: texts, extra: anything }),
  )
  .map(([permissionName, rest]) => ({ ...rest, permissionName }));

const env = fc.array(
  fc
    .tuple(
      fc.string(),
      some({ value: fc.oneof(fc.string(), fc.boolean(), fc.nat()), required: fc.boolean() }),
    )
    .map(([name, rest]) => ({ name, ...rest })),
  { maxLength: 2 },
);

/** Plain objects that parseModuleDescriptor takes: every part at least sometimes there. */
export function anyDescriptorBody(): fc.Arbitrary<Record<string, unknown>> {
  return fc
    .tuple(
      fc.constantFrom("mod-a-1.0.0", "folio_users-10.1.2000123", "mod-b-2.0.0-rc.1+x"),
      some({
        name: fc.string(),
        tags: texts,
        requires: fc.array(reference, { maxLength: 3 }),
        optional: fc.array(reference, { maxLength: 2 }),
        provides: fc.uniqueArray(provided, { maxLength: 3, selector: ({ id }) => id }),
        filters: fc.array(entry, { maxLength: 2 }),
        permissionSets: fc.array(permission, { maxLength: 2 }),
        env,
        metadata: anything,
        uiDescriptor: some({ npm: fc.string(), url: fc.string() }),
        launchDescriptor: some({
          exec: fc.string(),
          dockerPull: fc.boolean(),
          dockerArgs: anything,
          env,
          waitIterations: fc.nat(99),
        }),
        replaces: fc.subarray(["mod-x", "mod-y"]),
      }),
    )
    .map(([id, rest]) => ({ ...rest, id }));
}
