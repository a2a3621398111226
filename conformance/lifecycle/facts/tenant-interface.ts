import type { Descriptor } from "../descriptor.ts";
import type { Called, Fact } from "../fact.ts";
import { disable, enable, module, regular, tenant } from "../modules.ts";

// What `_tenant` is called with, in each version and shape: TenantManagerTest.testTenantInterfaces*, and what InstallTest and
// ModuleTenantsTest see arrive.

const firstVersion = ["GET POST /_/tenantpath", "POST /_/tenant/disable", "DELETE /_/tenantpurge"] as const;

/** product -> its `_tenant`; each product has versions 1.0.0 and 1.1.0. */
const shapes = {
  none: null,
  "v10-unmarked": { id: "_tenant", version: "1.0" },
  "v11-unmarked": { id: "_tenant", version: "1.1" },
  "v12-unmarked": { id: "_tenant", version: "1.2" },
  "v20-unmarked": { id: "_tenant", version: "2.0" },
  "v10-bare": tenant("1.0"),
  "v11-bare": tenant("1.1"),
  "v12-bare": tenant("1.2"),
  "v20-bare": tenant("2.0"),
  v10: tenant("1.0", ...firstVersion),
  "v10-folio": tenant("1.0", "POST /_/tenant", "DELETE /_/tenant"),
  v11: tenant("1.1", ...firstVersion),
  v12: tenant("1.2", ...firstVersion),
  "v12-folio": tenant("1.2", "POST DELETE /_/tenant", "POST /_/tenant/disable"),
  "v12-get": tenant("1.2", "POST /_/tenant", "DELETE GET /_/tenant"),
  "v20-post": tenant("2.0", "POST /_/tenantpath"),
  v20: tenant("2.0", "POST /_/tenantpath", "DELETE GET /_/tenantpath/{id}"),
  "v20-folio": tenant("2.0", "POST /_/tenant", "GET DELETE /_/tenant/{id}"),
} as const;

type Product = keyof typeof shapes;

const products = Object.keys(shapes) as readonly Product[]; // as: the keys of a constant

export const tenantInterfaceModules: readonly Descriptor[] = [
  ...products.flatMap((product) =>
    ["1.0.0", "1.1.0"].map((version) => {
      const shape = shapes[product];
      return module(`${product}-${version}`, { provides: shape === null ? [regular(product)] : [shape] });
    }),
  ),
  ...["1.3", "1.3.1", "3.0"].map((version) =>
    module(`unsupported-${version}.0`, { provides: [tenant(version, "POST DELETE /_/tenant")] }),
  ),
  module("mixed-1.0.0", {
    provides: [regular("mixed"), tenant("1.1", "POST /_/tenant/disable", "POST DELETE /_/tenant")],
  }),
];

/** What a product's calls are; a missing one is no call. Paths differ by shape, bodies by version. */
interface Calls {
  readonly source: string;
  readonly enable?: string;
  readonly disable?: string;
  readonly purge?: string;
}

const noSystem = "TenantManagerTest.testTenantInterfacesNoSystem";
const first = "TenantManagerTest.testTenantInterfacesv1";
const second = "TenantManagerTest.testTenantInterfacesv2";
const real = "TenantManager.getTenantInstanceForModule";
const expected: Readonly<Record<Product, Calls>> = {
  none: { source: noSystem },
  "v10-unmarked": { source: noSystem, enable: "POST /_/tenant" },
  "v11-unmarked": { source: noSystem },
  "v12-unmarked": { source: noSystem },
  "v20-unmarked": { source: noSystem },
  "v10-bare": { source: first, enable: "POST /_/tenant" },
  "v11-bare": { source: first },
  "v12-bare": { source: first },
  "v20-bare": { source: first },
  v10: { source: first, enable: "POST /_/tenantpath", purge: "DELETE /_/tenantpurge" },
  "v10-folio": { source: real, enable: "POST /_/tenant", purge: "DELETE /_/tenant" },
  v11: {
    source: first,
    enable: "POST /_/tenantpath",
    disable: "POST /_/tenant/disable",
    purge: "DELETE /_/tenantpurge",
  },
  v12: {
    source: first,
    enable: "POST /_/tenantpath",
    disable: "POST /_/tenant/disable",
    purge: "DELETE /_/tenantpurge",
  },
  "v12-folio": {
    source: real,
    enable: "POST /_/tenant",
    disable: "POST /_/tenant/disable",
    purge: "DELETE /_/tenant",
  },
  "v12-get": { source: real, enable: "POST /_/tenant", purge: "DELETE /_/tenant" },
  "v20-post": {
    source: first,
    enable: "POST /_/tenantpath",
    disable: "POST /_/tenantpath",
    purge: "POST /_/tenantpath",
  },
  v20: {
    source: second,
    enable: "POST /_/tenantpath",
    disable: "POST /_/tenantpath",
    purge: "POST /_/tenantpath",
  },
  "v20-folio": { source: real, enable: "POST /_/tenant", disable: "POST /_/tenant", purge: "POST /_/tenant" },
};

/** What is behind a second "=" is lost, an empty value is none, empty pieces at the end are dropped. */
const oddParameters: readonly (readonly [string, readonly object[]])[] = [
  ["a=b=c", [{ key: "a", value: "b" }]],
  ["a=", [{ key: "a" }]],
  ["=b", [{ key: "", value: "b" }]],
  ["=", []],
  [",", []],
  ["a,,b", [{ key: "a" }, { key: "" }, { key: "b" }]],
  ["a,b,,", [{ key: "a" }, { key: "b" }]],
  [
    "a=b c,d=ø",
    [
      { key: "a", value: "b c" },
      { key: "d", value: "ø" },
    ],
  ],
];

export const tenantInterfaceFacts: readonly Fact[] = [
  ...products.flatMap((product) => factsOf(product)),
  ...["1.3", "1.3.1", "3.0"].map((version) => ({
    claim: `_tenant ${version} is refused`,
    source: version === "1.3" ? first : "ModuleTenantsTest.test1",
    ask: { path: "/modules", body: { id: `unsupported-${version}.0` } },
    status: 400,
    text: `Unsupported interface _tenant: ${version}`,
    calls: [],
    enabled: [],
  })),
  {
    claim: "of two POST entries the one that is not for disabling enables",
    source: "InstallTest.installOK",
    ask: { path: "/install", body: enable("mixed-1.0.0") },
    status: 200,
    calls: [["mixed-1.0.0", "POST /_/tenant", { module_to: "mixed-1.0.0" }]],
  },
  ...parameterFacts(),
];

function factsOf(product: Product): Fact[] {
  const { source, enable: on, disable: off, purge: away } = expected[product];
  const older = `${product}-1.0.0`;
  const newer = `${product}-1.1.0`;
  const isSecond = product.startsWith("v20");
  const purge = (is: boolean): object => (isSecond ? { purge: is } : {});
  const called = (id: string, request: string | undefined, body: object): Called[] =>
    request === undefined ? [] : [[id, request, request.startsWith("DELETE") ? null : body]];
  const isEnabled = { path: "/install?invoke=false", body: enable(older) };
  return [
    {
      claim: `${product}: enabled`,
      source,
      ask: { path: "/modules", body: { id: older } },
      status: 201,
      calls: called(older, on, { module_to: older, ...purge(false) }),
      enabled: [older],
    },
    {
      claim: `${product}: upgraded, the new version is called and told of the old one`,
      source,
      given: [isEnabled],
      ask: { path: "/install", body: enable(newer) },
      status: 200,
      json: [{ id: newer, from: older, action: "enable" }],
      calls: called(newer, on, { module_to: newer, module_from: older, ...purge(false) }),
      enabled: [newer],
    },
    {
      claim: `${product}: disabled`,
      source,
      given: [isEnabled],
      ask: { path: "/install", body: disable(older) },
      status: 200,
      calls: called(older, off, { module_from: older, ...purge(false) }),
      enabled: [],
    },
    {
      claim: `${product}: disabled and purged`,
      source,
      given: [isEnabled],
      ask: { path: "/install?purge=true", body: disable(older) },
      status: 200,
      calls: called(older, away, { module_from: older, ...purge(true) }),
      enabled: [],
    },
  ];
}

function parameterFacts(): Fact[] {
  const both = [
    { key: "loadReference", value: "true" },
    { key: "loadSample", value: "false" },
  ];
  const asked = (product: Product, text: string): Fact["ask"] => ({
    path: `/install?tenantParameters=${encodeURIComponent(text)}`,
    body: enable(`${product}-1.0.0`),
  });
  const body = (product: Product, more: object): object => ({ module_to: `${product}-1.0.0`, ...more });
  const fact = (product: Product, text: string, claim: string, request: string, more: object): Fact => ({
    claim: `tenantParameters=${text} for ${product}: ${claim}`,
    source: "ModuleTenantsTest.test1",
    ask: asked(product, text),
    status: 200,
    calls: [[`${product}-1.0.0`, request, body(product, more)]],
  });
  const text = "loadReference=true,loadSample=false";
  const refdata = [{ key: "refdata" }, { key: "a", value: "b" }];
  return [
    fact("v10-folio", text, "not sent", "POST /_/tenant", {}),
    fact("v11", text, "not sent", "POST /_/tenantpath", {}),
    fact("v12-folio", text, "sent", "POST /_/tenant", { parameters: both }),
    fact("v20-folio", text, "sent", "POST /_/tenant", { purge: false, parameters: both }),
    fact("v12-folio", "refdata,a=b", "a key alone has no value", "POST /_/tenant", { parameters: refdata }),
    ...oddParameters.map(([odd, parameters]) =>
      fact("v12-folio", odd, "as Java splits it", "POST /_/tenant", { parameters }),
    ),
    {
      ...fact("v12-folio", text, "sent on an upgrade too", "POST /_/tenant", {}),
      given: [{ path: "/install?invoke=false", body: enable("v12-folio-1.0.0") }],
      ask: { path: `/upgrade?tenantParameters=${encodeURIComponent(text)}` },
      calls: [
        [
          "v12-folio-1.1.0",
          "POST /_/tenant",
          { module_to: "v12-folio-1.1.0", module_from: "v12-folio-1.0.0", parameters: both },
        ],
      ],
    },
    {
      ...fact("v20-folio", text, "sent on a disable too", "POST /_/tenant", {}),
      given: [{ path: "/install?invoke=false", body: enable("v20-folio-1.0.0") }],
      ask: {
        path: `/install?tenantParameters=${encodeURIComponent(text)}`,
        body: disable("v20-folio-1.0.0"),
      },
      calls: [
        [
          "v20-folio-1.0.0",
          "POST /_/tenant",
          { module_from: "v20-folio-1.0.0", purge: false, parameters: both },
        ],
      ],
    },
  ];
}
