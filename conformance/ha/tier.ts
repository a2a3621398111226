/** These suites take minutes: `.ci/run` and `npm run soak` run them, `npm test` says that it has skipped them. */
export const isSoak = process.env["OCTAVO_SOAK"] !== undefined;
export const isRun = isSoak || process.env["OCTAVO_HA"] !== undefined;
