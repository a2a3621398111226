import { spawn } from "node:child_process";

/** Answers 413 at the first byte and closes with the rest unread, which resets the connection. In a process of its own:
 * here it would never close in the middle of our writing. */
const source = `
  require("node:net").createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => {
      socket.pause();
      socket.write("HTTP/1.1 413 Content Too Large\\r\\nContent-Length: 7\\r\\n\\r\\ntoo big");
      socket.destroy();
    });
  }).listen(0, "127.0.0.1", function () { console.log(this.address().port); });
`;

export async function startRefusingModule(): Promise<{ readonly url: string; stop(): void }> {
  const child = spawn(process.execPath, ["--eval", source], { stdio: ["ignore", "pipe", "inherit"] });
  const port = await new Promise<string>((resolve) =>
    child.stdout.once("data", (bytes: Buffer) => resolve(bytes.toString().trim())),
  );
  return { url: `http://127.0.0.1:${port}`, stop: () => child.kill() };
}
