/** Time and chance as a process meets them. There is one real one; a simulation has its own, so that what depends on time can
 * be run again exactly (conformance/simulation). */
export interface ProcessTime {
  /** Milliseconds that only ever grow, from an origin that means nothing. */
  now(): number;
  /** Calls `work` once; returns how to take that back. */
  after(ms: number, work: () => void): () => void;
  /** Calls `work` again and again, and keeps no process alive for it; returns how to end it. */
  every(ms: number, work: () => void): () => void;
  /** From 0 to under 1. */
  random(): number;
}

export const processTime: ProcessTime = {
  now: () => performance.now(),
  after: (ms, work) => {
    const timer = setTimeout(work, ms);
    return () => clearTimeout(timer);
  },
  every: (ms, work) => {
    const timer = setInterval(work, ms);
    timer.unref();
    return () => clearInterval(timer);
  },
  random: Math.random,
};
