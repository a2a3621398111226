import { describe } from "vitest";
import { folioData, hasFolioData } from "./folio-data.ts";

if (!hasFolioData) {
  process.stderr.write(
    `tests on real FOLIO releases are skipped: none in ${folioData} (OCTAVO_FOLIO_DATA)\n`,
  );
}

/** `describe` for claims about real FOLIO releases: skipped, with a line that says so, where they are not on this machine. */
// oxlint-disable-next-line vitest/valid-describe-callback, vitest/valid-title -- runIf answers with a describe, it is none
export const describeWithFolio: (name: string, claims: () => void) => void = describe.runIf(hasFolioData);
