import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "@octavo/testing/spawn-octavo";
import { describe, expect, it, onTestFinished } from "vitest";
import { canReach, unprivilegedUser } from "./server-user.ts";

const root = "root:x:0:0:root:/root:/bin/bash\n";
const postgres = "postgres:x:101:104:PostgreSQL administrator,,,:/var/lib/postgresql:/bin/bash\n";
const nobody = "nobody:x:65534:65533:nobody:/nonexistent:/usr/sbin/nologin\n";

describe("the user that root hands the server to", () => {
  it.each([
    ["postgres, where there is one", nobody + root + postgres, { uid: 101, gid: 104 }],
    ["else nobody", root + nobody, { uid: 65_534, gid: 65_533 }],
    ["nobody at all on a system without both", root, null],
    ["never one that is root by another name", "postgres:x:0:0::/:/bin/sh\n", null],
    ["never an entry without numbers", "postgres:x::::\n", null],
  ])("is %s", (_, passwd, expected) => {
    const folder = temporary();
    writeFileSync(join(folder, "passwd"), passwd);
    expect(unprivilegedUser(join(folder, "passwd"))).toEqual(expected);
  });
});

describe("a user reaches a file", () => {
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  const owner = { uid, gid };
  const member = { uid: uid + 1, gid };
  const stranger = { uid: uid + 1, gid: gid + 1 };

  it.each([
    ["as owner, by the owner's bits", owner, 0o700, 0o400, true],
    ["as owner, not by anybody's bits", owner, 0o077, 0o444, false],
    ["as member of its group", member, 0o710, 0o440, true],
    ["as a stranger", stranger, 0o711, 0o444, true],
    ["not through a folder that is another's alone", stranger, 0o700, 0o444, false],
    ["not when the file itself is another's alone", stranger, 0o711, 0o440, false],
  ])("%s", (_, user, folderMode, fileMode, expected) => {
    const folder = join(temporary(), "folder");
    mkdirSync(folder);
    writeFileSync(join(folder, "file"), "");
    chmodSync(join(folder, "file"), fileMode);
    chmodSync(folder, folderMode);
    const reaches = canReach(user, join(folder, "file"));
    chmodSync(folder, 0o700);
    expect(reaches).toBe(expected);
  });
});

function temporary(): string {
  const folder = temporaryFolder();
  onTestFinished(() => folder.remove());
  return folder.path;
}
