import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  defaultLimits,
  headerPairs,
  type Listener,
  listenOnNode,
  type RequestHead,
  type Serve,
} from "@octavo/http-wire";
import { err, ok, type Result } from "@octavo/result";
import { type ListenerSurroundings, noteListenerError } from "../front-door.ts";
import { remoteAddressHeader } from "./forward-to-parent.ts";

/** Where workers bring what needs the database. */
export interface ParentDoor {
  readonly path: string;
  close(): Promise<void>;
}

/** A worker adds two lines to a head that was within the limits. */
const limits = {
  ...defaultLimits,
  headerFields: defaultLimits.headerFields + 8,
  headerBytes: defaultLimits.headerBytes + 1024,
};

/** A Unix socket in a folder that nobody else may enter: who comes in is believed whom he speaks for. */
export async function openParentDoor(
  serve: Serve,
  around: ListenerSurroundings,
): Promise<Result<ParentDoor, string>> {
  const folder = mkdtempSync(join(tmpdir(), "octavo-gateway-")); // 0700
  const path = join(folder, "parent.sock");
  const listening = await listenOnNode({
    path,
    limits,
    serve: (head, body, sink) => serve(withAddress(head), body, sink),
    onError: (error) => noteListenerError(around, error),
  });
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  if (!listening.ok) {
    remove();
    return err(`Cannot listen on ${path}: ${listening.error.message}. Set TMPDIR to a folder of yours.`);
  }
  const listener: Listener = listening.value;
  return ok({
    path,
    close: async () => {
      await listener.close(1000); // the workers are gone, and with them whoever asked
      remove();
    },
  });
}

/** The worker has written it last; the gate takes off what a client wrote. */
function withAddress(head: RequestHead): RequestHead {
  let remoteAddress = "";
  for (const [name, value] of headerPairs(head.rawHeaders)) {
    if (name === remoteAddressHeader) remoteAddress = value;
  }
  return { ...head, remoteAddress };
}
