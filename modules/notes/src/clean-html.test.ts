import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cleanHtml } from "./clean-html.ts";

describe("the HTML of a note", () => {
  it.each<[string, string, string]>([
    ["text", "First note email@folio.org", "First note email@folio.org"],
    ["what may be", '<p class="x">a <strong>b</strong><br></p>', '<p class="x">a <strong>b</strong><br></p>'],
    ["other elements", "<div>a <span>b</span></div><img src=x onerror=alert(1)>", "a b"],
    ["scripts and styles", "a<script>alert('<p>')</script>b<STYLE>p{}</style >c<script>d", "abc"],
    ["handlers", '<p onclick="x()" style="y">a</p>', "<p>a</p>"],
    [
      "a link",
      "<A HREF='https://x.org?a=1&b=2' rel=nofollow>a</A>",
      '<a href="https://x.org?a=1&amp;b=2" rel="nofollow">a</a>',
    ],
    ["a link to a script", '<a href="javascript:x()">a</a>', "<a>a</a>"],
    ["a hidden one", '<a href=" java&Tab;script&colon;x()">a</a>', "<a>a</a>"],
    ["what is open", "<ul><li>a<strong>b</li>c", "<ul><li>a<strong>b</strong></li>c</ul>"],
    ["what was never open", "a</p></div>", "a"],
    ["comments", "a<!-- <p> -->b<!doctype html>c<!-- d", "abc"],
    ["signs", "1 < 2 & 3 > 2 &amp; &nope", "1 &lt; 2 &amp; 3 &gt; 2 &amp; &amp;nope"],
    ["half a tag", '<p title="', '&lt;p title="'],
    ["a tag within a tag", "<scr<script>x</script>ipt>alert(1)</p>", "&lt;script&gt;alert(1)"],
  ])("%s: %j becomes %j", (_what, html, clean) => {
    expect(cleanHtml(html)).toBe(clean);
  });

  it("has no tags but its own, and cleaning it again changes nothing", () => {
    const piece = fc.constantFrom(
      ..."<|>|</|<p>|</p>|<a href=|javascript:|\"|'|<script>|</script>|<!--|-->| onload=|&lt;|&|x|<br/>|<li class='a\"b'>".split(
        "|",
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const clean = cleanHtml(pieces.join(""));
        const left = clean.replaceAll(/<\/?(?:p|li|a|br)(?: (?:class|href|rel|target)="[^"<>]*")*>/gu, "");
        expect(left).not.toMatch(/[<>]/u);
        expect(clean).not.toMatch(/href="\s*javascript/iu);
        expect(cleanHtml(clean)).toBe(clean);
      }),
    );
  });

  // The guard is far above what any of them takes, and far below what reading each rest again would.
  it.each(["<a ", "<a '", "<!", "<!--", "<script>", "<p>", "<p></li>", "&"])(
    "is read once, also of 200,000 times %j",
    (piece) => {
      expect(cleanHtml(piece.repeat(200_000)).length).toBeLessThan(4_000_000);
    },
    10_000,
  );
});
