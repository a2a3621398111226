import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const pages = [
  "README.md",
  "ARCHITECTURE.md",
  "CONTRIBUTING.md",
  ...["docs", "deploy"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".md"))
      .map((path) => join(folder, path)),
  ),
];

describe("a link of the documentation", () => {
  it.each(pages)("leads somewhere: %s", (page) => {
    const text = readFileSync(join(root, page), "utf8");
    const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target ?? "");
    const broken = targets.filter((target) => !leadsSomewhere(page, target));
    expect(broken).toEqual([]);
  });

  it.each(readdirSync(join(root, "docs/operations")).filter((name) => name !== "README.md"))(
    "leads from the index to docs/operations/%s",
    (name) => {
      expect(readFileSync(join(root, "docs/operations/README.md"), "utf8")).toContain(`](${name})`);
    },
  );

  it("leads from each alarm of observability.md to what to type", () => {
    const operations = (name: string): string => readFileSync(join(root, "docs/operations", name), "utf8");
    const wake =
      operations("observability.md").split("### When to wake somebody")[1]?.split("\n## ")[0] ?? "";
    const woken = wake
      .split("\n")
      .filter((line) => line.startsWith("| `"))
      .map((line) => /(?:octavo|nodejs)_[a-z_]+/.exec(line)?.[0].replace(/_bucket$/, ""));
    expect(woken.length).toBeGreaterThan(10);
    expect(operations("alarms.md").match(/^## .+$/gm)).toEqual(
      expect.arrayContaining([...new Set(woken)].map((metric) => `## ${metric}`)),
    );
  });

  it("leads to a file of deploy/ wherever operations name one", () => {
    const named = pages
      .filter((page) => page.startsWith("docs/operations/"))
      .flatMap((page) => readFileSync(join(root, page), "utf8").match(/\bdeploy\/[\w./-]*\w/g) ?? []);
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });
});

/** Pages of others are not asked for; a fragment must be a heading of the page. */
function leadsSomewhere(page: string, target: string): boolean {
  if (/^[a-z]+:/.test(target)) return true;
  const [path = "", fragment] = target.split("#");
  const file = path === "" ? join(root, page) : join(root, dirname(page), path);
  if (relative(root, file).startsWith("..") || !existsSync(file)) return false;
  return fragment === undefined || headingsOf(readFileSync(file, "utf8")).includes(fragment);
}

/** As forges make them: lower case, blanks to hyphens, other signs left out. */
function headingsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    (heading ?? "")
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
}
