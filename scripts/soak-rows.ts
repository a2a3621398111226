/** What `npm run soak` runs: a row of issue "Many gateways, one Postgres", or something else that is only shown by repetition. */
export interface SoakRow {
  readonly row: string;
  readonly what: string;
  readonly files: readonly string[];
  /** Its figures are times, or a ratio of times: nothing runs beside it. */
  readonly isAlone?: true;
}

const ha = "conformance/ha";
const faults = "conformance/faults";
const rolling = "conformance/rolling";

/** In the order in which they begin, two at a time, the long ones first; those that want to be alone come last. */
export const soakRows: readonly SoakRow[] = [
  {
    row: "D1",
    what: "simulation, and the same statements at PostgreSQL",
    files: ["conformance/simulation"],
  },
  { row: "F3", what: "the database moves, under Patroni", files: [`${ha}/database-failover`] },
  { row: "R1", what: "gateways replaced behind HAProxy", files: [`${rolling}/haproxy`] },
  {
    row: "R1",
    what: "gateways and workers replaced without HAProxy",
    files: [`${rolling}/gateways`, `${rolling}/workers`],
  },
  { row: "F4", what: "one gateway cut off from the database", files: [`${ha}/cut-from-database`] },
  { row: "F1", what: "kill -9 of a gateway", files: [`${ha}/killed-gateway`] },
  {
    row: "F1",
    what: "timers and jobs of gateways that are killed",
    files: ["apps/gateway/src/timers-across-processes", "apps/gateway/src/jobs-survive"],
  },
  { row: "R3", what: "upgrade, back, upgrade, finalize", files: [`${rolling}/versions`] },
  { row: "F6", what: "wrong clocks", files: [`${ha}/wrong-clocks`] },
  {
    row: "F2",
    what: "module instances killed, frozen, slow",
    files: [`${faults}/one-of-two`, `${faults}/never-twice`],
  },
  { row: "F9", what: "slow clients", files: [`${faults}/slow-clients`] },
  { row: "F5", what: "all restarted without the database", files: [`${faults}/database-away`] },
  { row: "F10", what: "a poisoned change", files: [`${ha}/poison`] },
  { row: "5.3", what: "unknown outcomes of writes", files: [`${ha}/unknown-outcomes`] },
  {
    row: "5.3",
    what: "the checker itself",
    files: [`${ha}/check-history`, `${ha}/check-register`, `${ha}/planted-bugs`],
  },
  {
    row: "B",
    what: "bodies without end, faulty modules",
    files: [`${faults}/endless-bodies`, `${faults}/upstream-faults`],
  },
  {
    row: "kit",
    what: "our modules killed, many tenants, a million records",
    files: [
      "conformance/module/killed-instances",
      "conformance/module/many-tenants",
      "packages/module-kit/src/collections/search",
    ],
  },
  { row: "F8", what: "half-open clients and upstreams", files: [`${faults}/half-open`] },
  { row: "F7", what: "disk full", files: [`${faults}/disk-full`] },
  { row: "L3", what: "an abusive tenant", files: [`${faults}/abusive-tenant`], isAlone: true },
  { row: "L2", what: "writes under load", files: [`${ha}/writes-under-load`], isAlone: true },
  { row: "S", what: "revocation", files: ["conformance/authorisation/revocation"], isAlone: true },
];
