import { fine, odd, type Finding } from "./finding.ts";

/** Each client and each module takes a socket; the usual 1,024 of a login shell is soon used up. */
const COMFORTABLE_OPEN_FILES = 4096;

/** How many files and sockets this process may hold open. */
export function checkOpenFiles(): Finding {
  // The report has no type; its form is documented ("userLimits" holds numbers or "unlimited").
  const report = process.report.getReport() as {
    userLimits?: { open_files?: { soft: number | "unlimited" } };
  };
  return judgeOpenFiles(report.userLimits?.open_files?.soft ?? null);
}

export function judgeOpenFiles(limit: number | "unlimited" | null): Finding {
  if (limit === null) return fine("Open files", "this system states no limit");
  if (limit === "unlimited" || limit >= COMFORTABLE_OPEN_FILES) return fine("Open files", `up to ${limit}`);
  return odd(
    "Open files",
    `at most ${limit}`,
    `raise it before many clients connect: ulimit -n ${COMFORTABLE_OPEN_FILES} (systemd: LimitNOFILE)`,
  );
}
