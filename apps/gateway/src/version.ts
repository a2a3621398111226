import { readFileSync } from "node:fs";

/** The package's own manifest, whose shape npm has checked. */
const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  version: string;
};

/** Octavo's own version: `GET /_/octavo/version`. */
export const { version } = manifest;
