import { fine, broken, type Finding } from "./finding.ts";

const LEAST_MAJOR = 24;

/** @param version as `process.version`: "v24.21.0" */
export function checkNode(version: string): Finding {
  const major = Number(/^v(\d+)\./u.exec(version)?.[1] ?? 0);
  if (major >= LEAST_MAJOR) return fine("Node", version.slice(1));
  return broken(
    "Node",
    `${version} is too old`,
    `start through npm (npm run octavo -- ...), which uses the packaged Node, or install Node ${LEAST_MAJOR}`,
  );
}
