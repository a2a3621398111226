// The image's HEALTHCHECK: 0 where the gateway's event loop turns. Whether it takes requests is the balancer's question
// (/_/health/ready): a container that drains must not be killed for it.
const port = process.env.OCTAVO_PORT ?? "9130";
try {
  const answer = await fetch(`http://127.0.0.1:${port}/_/health/live`, { signal: AbortSignal.timeout(4000) });
  process.exitCode = answer.ok ? 0 : 1;
} catch {
  process.exitCode = 1;
}
