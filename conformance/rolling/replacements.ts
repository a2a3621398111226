/** How often each case replaces what it replaces: 3 in `npm test`, more in `npm run soak`. */
export const replacements = Number(process.env["OCTAVO_ROLLING_REPLACEMENTS"] ?? 3);
