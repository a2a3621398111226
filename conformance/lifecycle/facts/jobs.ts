import type { Descriptor } from "../descriptor.ts";
import type { Fact } from "../fact.ts";
import { disable, enable, module, permissions, regular, tenant, tenant11, tenant20 } from "../modules.ts";
import { done, later, v1 } from "./job-words.ts";
import { failingJobFacts } from "./failing-jobs.ts";
import { ownJobFacts } from "./own-jobs.ts";

// Jobs of install and upgrade, and what they show: InstallTest.

export const jobModules: readonly Descriptor[] = [
  module("v1-1.0.0", { provides: [tenant11, permissions("1.1"), regular("myint")] }),
  module("other-1.0.0", { provides: [tenant11] }),
  module("fail-1.0.0", { provides: [tenant("1.1", "POST DELETE /_/badpath")] }),
  module("v2-1.0.0", { provides: [tenant20] }),
  module("v2-1.0.1", { provides: [tenant20] }),
  module("v2-no-delete-1.0.0", { provides: [tenant("2.0", "POST /_/tenant", "GET /_/tenant/{id}")] }),
  module("v2-post-1.0.0", { provides: [tenant("2.0", "POST /_/tenant")] }),
  module("v12-1.0.0", { provides: [tenant("1.2", "POST /_/tenant", "DELETE /_/tenant")] }),
  module("plain-1.0.0"),
  module("base-1.0.0", { provides: [tenant11, regular("base")] }),
  module("top-1.0.0", { provides: [tenant11], requires: [{ id: "base", version: "1.0" }] }),
];

const shownFacts: readonly Fact[] = [
  {
    claim: "a job of an unknown tenant: the tenant's id is not found",
    source: "InstallTest.installGetNotFound",
    ask: { method: "GET", path: "/_/proxy/tenants/nosuchtenant/install/12121" },
    status: 404,
    text: "nosuchtenant",
  },
  {
    claim: "an unknown job",
    source: "InstallTest.installGetNotFound",
    ask: { method: "GET", path: "/install/12121" },
    status: 404,
    text: "{tenant}/12121",
  },
  {
    claim: "deleting a job of an unknown tenant",
    source: "InstallTest.installDeleteNotFound",
    ask: { method: "DELETE", path: "/_/proxy/tenants/nosuchtenant/install/12121" },
    status: 404,
    text: "nosuchtenant",
  },
  {
    claim: "deleting all jobs of an unknown tenant",
    source: "InstallTest.installDeleteNotFound",
    ask: { method: "DELETE", path: "/_/proxy/tenants/nosuchtenant/install" },
    status: 404,
    text: "nosuchtenant",
  },
  {
    claim: "deleting an unknown job",
    source: "InstallTest.installDeleteNotFound",
    ask: { method: "DELETE", path: "/install/12121" },
    status: 404,
    text: "{tenant}/12121",
  },
  {
    claim: "listing the jobs of an unknown tenant",
    source: v1,
    ask: { method: "GET", path: "/_/proxy/tenants/nosuchtenant/install" },
    status: 404,
    text: "nosuchtenant",
  },
  {
    claim: "a tenant without jobs",
    source: v1,
    ask: { method: "GET", path: "/install" },
    status: 200,
    text: "[ ]",
  },
  {
    claim: "installing for an unknown tenant",
    source: "TenantManager.installUpgradeCreate",
    ask: { path: "/_/proxy/tenants/nosuchtenant/install", body: enable("plain-1.0.0") },
    status: 404,
    text: "nosuchtenant",
  },
  {
    claim: "a job that has no calls to make",
    source: "InstallTest.installOK",
    ask: later("plain-1.0.0"),
    status: 201,
    json: enable("plain-1.0.0"),
    job: [done("plain-1.0.0")],
    enabled: ["plain-1.0.0"],
  },
  {
    claim: "a job of one module",
    source: "InstallTest.installOK",
    ask: later("other-1.0.0"),
    status: 201,
    json: enable("other-1.0.0"),
    job: [done("other-1.0.0")],
    calls: [["other-1.0.0", "POST /_/tenant", { module_to: "other-1.0.0" }]],
    enabled: ["other-1.0.0"],
  },
  {
    claim: "an upgrade of which nothing is newer",
    source: "InstallTest.installOK",
    given: [{ path: "/install", body: enable("other-1.0.0") }],
    ask: { path: "/upgrade?async=true", body: "" },
    status: 201,
    text: "[ ]",
    job: [],
    calls: [],
  },
  {
    claim: "simulated: no call, no job",
    source: "TenantManager.runJob",
    ask: { path: "/install?simulate=true&async=true", body: enable("other-1.0.0") },
    status: 201,
    json: enable("other-1.0.0"),
    calls: [],
    enabled: [],
  },
  {
    claim: "a dependency is called before what needs it",
    source: "ModuleTenantsTest.test1",
    ask: { path: "/install", body: enable("top-1.0.0") },
    status: 200,
    json: enable("base-1.0.0", "top-1.0.0"),
    calls: [
      ["base-1.0.0", "POST /_/tenant", { module_to: "base-1.0.0" }],
      ["top-1.0.0", "POST /_/tenant", { module_to: "top-1.0.0" }],
    ],
  },
  {
    claim: "what needs it is disabled before it",
    source: "ModuleTenantsTest.test1",
    given: [{ path: "/install", body: enable("top-1.0.0") }],
    ask: { path: "/install?purge=true", body: disable("base-1.0.0") },
    status: 200,
    json: disable("top-1.0.0", "base-1.0.0"),
    calls: [
      ["top-1.0.0", "DELETE /_/tenant", null],
      ["base-1.0.0", "DELETE /_/tenant", null],
    ],
    enabled: [],
  },
];

export const jobFacts: readonly Fact[] = [...shownFacts, ...failingJobFacts, ...ownJobFacts];
