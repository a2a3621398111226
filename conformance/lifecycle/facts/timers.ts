import type { Descriptor, Entry } from "../descriptor.ts";
import type { Ask, Fact } from "../fact.ts";
import { disable, enable, entry, module, timer } from "../modules.ts";

// Timers as the API shows and changes them: ProxyTest.testTimer, ModuleTest.testInternalModule, TimerManagerTest.

const calling = (at: number, more: Partial<Entry>): Entry => entry(`POST /timercall/${at}`, more);
const t0 = calling(0, { unit: "minute", delay: "10" });
const t1 = calling(1, { unit: "second", delay: "500" });
const t1later = calling(1, { unit: "second", delay: "2000" });
const t2 = calling(2, { unit: "hour", delay: "5" });
const t3 = calling(3, { schedule: { cron: "1 1 1 1 *", zone: "GMT+04:00" } });

export const timerModules: readonly Descriptor[] = [
  module("timer-module-1.0.0", { provides: [timer(t0, t1, t2, t3)] }),
  module("timer-module-1.0.1", { provides: [timer(t0, t1later, t2, t3)] }),
  module("timer-module-1.0.2", { provides: [timer(t0)] }),
  module("timer-module-2.0.0"),
  module("other-timers-1.0.0", { provides: [timer(t2)] }),
];

const on = (id: string): Ask => ({ path: "/install?invoke=false", body: enable(id) });
const off = (id: string): Ask => ({ path: "/install?invoke=false", body: disable(id) });
const patch = (at: number, body: unknown): Ask => ({
  method: "PATCH",
  path: `/timers/timer-module_${at}`,
  body,
});
const patchOf = (body: unknown): Ask => ({ method: "PATCH", path: "/timers", body });
const show = (at: number): Ask => ({ method: "GET", path: `/timers/timer-module_${at}` });
const list: Ask = { method: "GET", path: "/timers" };
const shown = (at: number, routingEntry: Entry, modified = false) => ({
  id: `timer-module_${at}`,
  routingEntry,
  modified,
});
/** The entry with this instead of its own delay, unit and schedule. */
const patched = ({ unit: _u, delay: _d, schedule: _s, ...rest }: Entry, more: Partial<Entry>): Entry => ({
  ...rest,
  ...more,
});

const proxy = "ProxyTest.testTimer";
const internal = "ModuleTest.testInternalModule";
const manager = "TimerManagerTest.init";
const ofPatch = "TimerManager.patchTimer";
const first = on("timer-module-1.0.0");
const quick = { unit: "second", delay: "19" };

export const timerFacts: readonly Fact[] = [
  { claim: "a tenant without any", source: proxy, ask: list, status: 200, text: "[ ]" },
  {
    claim: "the list of a tenant that nobody knows is empty",
    source: proxy,
    ask: { method: "GET", path: "/_/proxy/tenants/badtenant/timers" },
    status: 200,
    text: "[ ]",
  },
  {
    claim: "a timer of a tenant that nobody knows",
    source: proxy,
    ask: { method: "GET", path: "/_/proxy/tenants/badtenant/timers/timer-module_0" },
    status: 404,
    text: /badtenant/u,
  },
  {
    claim: "all of a module's, numbered, as declared",
    source: proxy,
    given: [first],
    ask: list,
    status: 200,
    json: [shown(0, t0), shown(1, t1), shown(2, t2), shown(3, t3)],
  },
  { claim: "one of them", source: proxy, given: [first], ask: show(0), status: 200, json: shown(0, t0) },
  {
    claim: "one with a schedule",
    source: proxy,
    given: [first],
    ask: show(3),
    status: 200,
    json: shown(3, t3),
  },
  {
    claim: "an id without a number",
    source: proxy,
    given: [first],
    ask: { method: "GET", path: "/timers/foo" },
    status: 404,
    text: "{tenant}",
  },
  {
    claim: "a number that the module has not",
    source: "TimerManagerTest.getModuleForTimer",
    given: [first],
    ask: show(4),
    status: 404,
    text: /timer-module_4/u,
  },
  {
    claim: "a path below",
    source: proxy,
    given: [first],
    ask: { method: "GET", path: "/timers/a/b/c" },
    status: 404,
  },
  {
    claim: "those of several modules",
    source: "TimerManager.listTimers",
    given: [on("other-timers-1.0.0"), first],
    ask: list,
    status: 200,
    json: [
      { id: "other-timers_0", routingEntry: t2, modified: false },
      shown(0, t0),
      shown(1, t1),
      shown(2, t2),
      shown(3, t3),
    ],
  },
  {
    claim: "gone with the module",
    source: proxy,
    given: [first, off("timer-module-1.0.0")],
    ask: show(0),
    status: 404,
  },
  {
    claim: "none left when the module is gone",
    source: proxy,
    given: [first, off("timer-module-1.0.0")],
    ask: list,
    status: 200,
    text: "[ ]",
  },
  {
    claim: "as declared when the module comes again: what was changed went with it",
    source: "TimerManager.removeStale",
    given: [first, patch(0, quick), off("timer-module-1.0.0"), first],
    ask: show(0),
    status: 200,
    json: shown(0, t0),
  },
  {
    claim: "fewer after an upgrade to a version that has fewer",
    source: internal,
    given: [first, patch(0, quick), patch(1, quick), on("timer-module-1.0.2")],
    ask: list,
    status: 200,
    json: [shown(0, patched(t0, quick), true)],
  },
  {
    claim: "none after an upgrade to a version that has none",
    source: "TimerManager.removeStale",
    given: [first, patch(0, quick), on("timer-module-2.0.0")],
    ask: list,
    status: 200,
    text: "[ ]",
  },
  {
    claim: "patched: 204 and no text",
    source: internal,
    given: [first],
    ask: patch(0, quick),
    status: 204,
    text: "",
  },
  {
    claim: "patched: shown with the new delay, and as modified",
    source: proxy,
    given: [first, patch(0, quick)],
    ask: show(0),
    status: 200,
    json: shown(0, patched(t0, quick), true),
  },
  {
    claim: "patched by id in the body",
    source: proxy,
    given: [first, patchOf({ id: "timer-module_0", routingEntry: quick })],
    ask: show(0),
    status: 200,
    json: shown(0, patched(t0, quick), true),
  },
  {
    claim: "patched with the same again",
    source: proxy,
    given: [first, patchOf({ id: "timer-module_0", routingEntry: quick })],
    ask: patch(0, quick),
    status: 204,
  },
  {
    claim: "patched with what it has already: modified all the same",
    source: ofPatch,
    given: [first, patch(0, { unit: "minute", delay: "10" })],
    ask: show(0),
    status: 200,
    json: shown(0, t0, true),
  },
  {
    claim: "a patched one survives an upgrade, the others follow the module",
    source: proxy,
    given: [first, patch(0, quick), on("timer-module-1.0.1")],
    ask: list,
    status: 200,
    json: [shown(0, patched(t0, quick), true), shown(1, t1later), shown(2, t2), shown(3, t3)],
  },
  {
    claim: "a delay of 0 is taken: the timer is off",
    source: proxy,
    given: [first, patch(0, { unit: "millisecond", delay: "0" })],
    ask: show(0),
    status: 200,
    json: shown(0, patched(t0, { unit: "millisecond", delay: "0" }), true),
  },
  {
    claim: "on again",
    source: manager,
    given: [first, patch(0, { unit: "second", delay: "0" }), patch(0, { unit: "second", delay: "1" })],
    ask: show(0),
    status: 200,
    json: shown(0, patched(t0, { unit: "second", delay: "1" }), true),
  },
  {
    claim: "an empty patch brings back what the module says",
    source: proxy,
    given: [first, patch(0, quick), patch(0, {})],
    ask: show(0),
    status: 200,
    json: shown(0, t0),
  },
  {
    claim: "an empty patch of one that was never changed",
    source: proxy,
    given: [first],
    ask: patch(1, {}),
    status: 204,
  },
  {
    claim: "a patch without delay, unit and schedule is an empty one, whatever else it says",
    source: "TimerManagerTest.isPatchReset",
    given: [first, patch(0, quick), patch(0, { pathPattern: "/path" })],
    ask: show(0),
    status: 200,
    json: shown(0, t0),
  },
  {
    claim: "an empty patch after an upgrade brings back what the new version says",
    source: ofPatch,
    given: [first, patch(1, quick), on("timer-module-1.0.1"), patch(1, {})],
    ask: show(1),
    status: 200,
    json: shown(1, t1later),
  },
  {
    claim: "a patch changes neither path nor methods",
    source: ofPatch,
    given: [first, patch(0, { ...quick, pathPattern: "/elsewhere", methods: ["DELETE"] })],
    ask: show(0),
    status: 200,
    json: shown(0, patched(t0, quick), true),
  },
  {
    claim: "a delay becomes a schedule",
    source: ofPatch,
    given: [first, patch(0, { schedule: { cron: "3 0 * * *", zone: "Europe/Oslo" } })],
    ask: show(0),
    status: 200,
    json: shown(0, patched(t0, { schedule: { cron: "3 0 * * *", zone: "Europe/Oslo" } }), true),
  },
  {
    claim: "a schedule becomes a delay",
    source: ofPatch,
    given: [first, patch(3, quick)],
    ask: show(3),
    status: 200,
    json: shown(3, patched(t3, quick), true),
  },
  {
    claim: "a patch of a module that is gone",
    source: proxy,
    given: [first, off("timer-module-1.0.0")],
    ask: patch(1, {}),
    status: 404,
    text: /timer-module_1/u,
  },
  {
    claim: "a patch of an unknown id in the body",
    source: ofPatch,
    given: [first],
    ask: patchOf({ id: "timer-module_9", routingEntry: quick }),
    status: 404,
    text: /timer-module_9/u,
  },
  {
    claim: "a patch in a tenant that nobody knows",
    source: "TimerManager.getTimer",
    ask: { method: "PATCH", path: "/_/proxy/tenants/badtenant/timers/timer-module_0", body: quick },
    status: 404,
    text: "badtenant",
  },
  {
    claim: "broken JSON for all",
    source: proxy,
    given: [first],
    ask: patchOf("{ bad"),
    status: 400,
    text: /^Failed to decode:/u,
  },
  {
    claim: "broken JSON for one",
    source: proxy,
    given: [first],
    ask: { method: "PATCH", path: "/timers/extra", body: "{ bad" },
    status: 400,
    text: /^Failed to decode:/u,
  },
  {
    claim: "a unit that nobody knows",
    source: "RoutingEntry.setUnit",
    given: [first],
    ask: patch(0, { unit: "fortnight", delay: "1" }),
    status: 400,
  },
  {
    claim: "a crontab line that is none",
    source: "Schedule.setCron",
    given: [first],
    ask: patch(0, { schedule: { cron: "every day" } }),
    status: 400,
  },
];
