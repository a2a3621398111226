import { Refusal } from "@octavo/module-kit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cleanHtml } from "./clean-html.ts";

const TAG = /<\/?(?:p|strong|em|a|u|ol|ul|li|h[123]|br)(?: (?:class|href|rel|target)(?:="[^"<>]*")?)*>/gu;
const ADDRESS = /^(?:(?:https?|mailto|tel):|[^:]*(?:$|[/?#]))/iu;

/** What is in HTML besides text, tags that a note may have, and addresses that run nothing; and what cleaning again would change.
 * A paragraph within one becomes two, as in browsers: it is cleaned twice before it must stay. */
function findings(html: string): readonly string[] {
  const once = cleanHtml(html);
  const twice = cleanHtml(once);
  return [
    ...[once, twice].filter((clean) => /[<>]/u.test(clean.replaceAll(TAG, ""))),
    ...[once, twice]
      .flatMap((clean) => [...clean.matchAll(/ href="([^"]*)"/gu)].map(([, address = ""]) => address.trim()))
      .filter((address) => !ADDRESS.test(address)),
    ...(cleanHtml(twice) === twice ? [] : [`${twice} is not what stays`]),
  ];
}

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
    ["a link within", '<a href="/x#y" target="_blank">a</a>', '<a href="/x#y" target="_blank">a</a>'],
    ["a link to a script", '<a href="javascript:x()">a</a>', "<a>a</a>"],
    ["a hidden one", '<a href=" java&Tab;script&colon;x()">a</a>', "<a>a</a>"],
    ["what is open", "<ul><li>a<strong>b</li>c", "<ul><li>a<strong>b</strong></li>c</ul>"],
    ["what was never open, as browsers read it", "a</p></div>", "a<p></p>"],
    ["comments", "a<!-- <p> -->b<!doctype html>c<!-- d", "abc"],
    ["signs", "1 < 2 & 3 > 2 &amp; &nope", "1 &lt; 2 &amp; 3 &gt; 2 &amp; &amp;nope"],
    ["names of characters", "&eacute;&nbsp;&#39;&lt;", "é\u00A0'&lt;"],
    ["half a tag, as browsers read it", 'a<p title="', "a"],
    ["a tag within a tag", "<scr<script>x</script>ipt>alert(1)</p>", "xipt&gt;alert(1)<p></p>"],
    ["the end of a tag in a text", 'a /> <p class=" />">b</p>', 'a /&gt; <p class=" /&gt;">b</p>'],
  ])("%s: %j becomes %j", (_what, html, clean) => {
    expect(cleanHtml(html)).toBe(clean);
  });

  // From the lists of OWASP, of DOMPurify's tests, and what was found in other cleaners.
  it.each([
    "<ScRiPt>alert(1)</sCrIpT>",
    "<script\n>alert(1)</script\n>",
    "<script/x>alert(1)</script>",
    "<<script>alert(1);//<</script>",
    "<img src=x onerror=alert(1)//",
    '<img """><script>alert("XSS")</script>">',
    "<svg/onload=alert(1)>",
    "<svg><script>alert&lpar;1&rpar;</script></svg>",
    "<svg><![CDATA[<script>alert(1)</script>]]></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    '<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">',
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    "<math><mi//xlink:href='data:x,<script>alert(4)</script>'>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
    "<textarea><script>alert(1)</textarea>x",
    "<title><img src=x onerror=alert(1)></title>",
    "<iframe srcdoc='<script>alert(1)</script>'><p onclick=x></iframe>",
    "<xmp><p title='</xmp><img src onerror=alert(1)>'>",
    "<template><script>alert(1)</script></template>",
    "<object data='data:text/html;base64,PHNjcmlwdD4='></object><embed src=javascript:alert(1)>",
    "<form action=javascript:alert(1)><button formaction=javascript:alert(2)>x</form>",
    "<body onload=alert(1)><base href='javascript:alert(1)//'>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<p style='background:url(javascript:alert(1))' class='x\" onclick=\"alert(1)'>a</p>",
    "<a href='JaVaScRiPt:alert(1)'>a</a>",
    "<a href='\u0001javascript:alert(1)'>a</a>",
    "<a href='java\u0000script:alert(1)'>a</a>",
    "<a href='jav&#x0A;ascript:alert(1)'>a</a>",
    "<a href='&#106;&#97;vascript:alert(1)'>a</a>",
    "<a href='&#x6A&#x61vascript:alert(1)'>a</a>",
    "<a href='java\tscript:alert(1)'>a</a>",
    "<a href='\u00A0javascript:alert(1)'>a</a>",
    "<a href='javascript&colon;alert(1)'>a</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>a</a>",
    "<a href='vbscript:msgbox(1)'>a</a>",
    "<a href='view-source:x'>a</a><a href='blob:x'>b</a><a href='file:///etc/passwd'>c</a>",
    "<a href='x:y' href='javascript:alert(1)'>a</a>",
    "<a href=`javascript:alert(1)`>a</a>",
    "<a\u000Chref='javascript:alert(1)'\u000Conmouseover='alert(1)'>a</a>",
    '<a href="javascript:alert(1)" <p>a</a>',
    "<!--[if IE]><script>alert(1)</script><![endif]-->",
    "<!--><img src=x onerror=alert(1)>-->",
    "<!--a--!><img src=x onerror=alert(1)>",
    "<?xml version='1.0'?><script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&amp;lt;script&amp;gt;alert(1)",
  ])("%j leaves nothing that runs", (html) => {
    expect(findings(html)).toEqual([]);
    expect(findings(`<p>a${html}b</p>`)).toEqual([]);
  });

  it("has no tags but its own, and settles when it is cleaned again", () => {
    const piece = fc.constantFrom(
      ..."<|>|</|<p>|</p>|<a href=|javascript:|\"|'|<script>|</script>|<!--|-->| onload=|&lt;|&|x|<br/>|<li class='a\"b'>|<style>|<svg>|<![CDATA[".split(
        "|",
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        expect(findings(pieces.join(""))).toEqual([]);
      }),
    );
  });

  it("has tags up to a bound: the parser's time would grow with their square", () => {
    expect(() => cleanHtml("<ul>".repeat(20_001))).toThrow(Refusal);
    expect(cleanHtml("<ul>".repeat(20_000))).toBe("<ul>".repeat(20_000) + "</ul>".repeat(20_000));
  });

  // The guard is far above what any of them takes, and far below what reading each rest again would.
  it.each(["<a '", "<!--", "<p></li>", "<script>"])(
    "is read once, also of 20,000 times %j",
    (piece) => {
      expect(cleanHtml(piece.repeat(10_000)).length).toBeLessThan(200_000);
    },
    10_000,
  );

  it("is read once, also of a million &", () => {
    expect(cleanHtml("&".repeat(1_000_000))).toHaveLength(5_000_000);
  }, 10_000);
});
