//! Markdown to the HTML that candidates see: safe, the same every time, and good under a strict content security policy.
//!
//! Invariants: the result holds no script, style, event handler, image, link or address that a browser would load, and
//! no element or attribute outside `sanitise`'s list. What an author wrote is never lost silently: markup that is not
//! allowed is shown as text, a formula that cannot be typeset as code, a link as its text and address.

mod markdown;
mod math;
mod sanitise;

pub use sanitise::clean;

/// Rendered Markdown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rendered {
    /// Safe HTML.
    pub html: String,
    /// What could not be shown as it was written, each kind once.
    pub changes: Vec<Change>,
}

/// Something that is not shown as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// An image, of which only its alternative text is left.
    Image,
    /// HTML, which is shown as text.
    Markup,
    /// A formula that is not LaTeX, which is shown as code.
    Formula,
}

/// Renders a text of its own: a question, an explanation, a description. A text of one line is one paragraph, whatever
/// it begins with, so that a question may begin with `#` or `1.`.
pub fn block(markdown: &str) -> Rendered {
    finished(markdown::block(markdown))
}

/// Renders a text that stands in a line, such as an option: as [`block`], without a paragraph around it.
pub fn inline(markdown: &str) -> Rendered {
    finished(markdown::inline(markdown))
}

fn finished(raw: Rendered) -> Rendered {
    let mut changes = raw.changes;
    changes.sort_unstable();
    changes.dedup();
    Rendered { html: sanitise::clean(raw.html.trim()), changes }
}

/// Whether safe HTML shows nothing at all.
pub(crate) fn is_blank(html: &str) -> bool {
    let mut inside_tag = false;
    html.chars().all(|c| {
        inside_tag = c == '<' || (inside_tag && c != '>');
        inside_tag || c == '>' || c.is_whitespace()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rows: &[(&str, &str)], render: fn(&str) -> Rendered) {
        for (markdown, expected) in rows {
            assert_eq!(render(markdown).html, *expected, "{markdown:?}");
        }
    }

    #[test]
    fn markdown_becomes_plain_html() {
        check(
            &[
                ("What is `make`?", "<p>What is <code>make</code>?</p>"),
                ("a **b** *c* ~~d~~", "<p>a <strong>b</strong> <em>c</em> <del>d</del></p>"),
                ("a & b < c", "<p>a &amp; b &lt; c</p>"),
                ("one\n\ntwo", "<p>one</p>\n<p>two</p>"),
                ("one\ntwo", "<p>one\ntwo</p>"),
                ("a:\n\n- b\n- c", "<p>a:</p>\n<ul>\n<li>b</li>\n<li>c</li>\n</ul>"),
                ("a\n\n3. b\n4. c", "<p>a</p>\n<ol start=\"3\">\n<li>b</li>\n<li>c</li>\n</ol>"),
                ("# Big\n\ntext", "<h2>Big</h2>\n<p>text</p>"),
                ("###### Small\n\ntext", "<h6>Small</h6>\n<p>text</p>"),
                ("> quote\n\ntext", "<blockquote>\n<p>quote</p>\n</blockquote>\n<p>text</p>"),
                ("x\n\n```yaml\na: 1\n```", "<p>x</p>\n<pre><code class=\"language-yaml\">a: 1\n</code></pre>"),
                ("x\n\n```c++ {a=1}\ny\n```", "<p>x</p>\n<pre><code class=\"language-c++\">y\n</code></pre>"),
                ("x\n\n    y", "<p>x</p>\n<pre><code>y\n</code></pre>"),
                (
                    "| a | b |\n|---|--:|\n| 1 | 2 |",
                    "<table>\n<thead>\n<tr>\n<th>a</th>\n<th align=\"right\">b</th>\n</tr>\n</thead>\n\
                     <tbody>\n<tr>\n<td>1</td>\n<td align=\"right\">2</td>\n</tr>\n</tbody>\n</table>",
                ),
                ("", ""),
                (" \n ", ""),
            ],
            block,
        );
    }

    #[test]
    fn a_single_line_is_a_line_whatever_it_begins_with() {
        check(
            &[
                ("#", "#"),
                ("# of pods", "# of pods"),
                ("+", "+"),
                ("*", "*"),
                ("-", "-"),
                ("---", "---"),
                ("1.", "1."),
                ("2. first", "2. first"),
                ("> x", "&gt; x"),
                (">", "&gt;"),
                ("[a]: b", "[a]: b"),
                ("```", "```"),
                ("  four", "four"),
                ("_a_ `b`", "<em>a</em> <code>b</code>"),
                ("npm install <path-to-schemas-repo>", "npm install &lt;path-to-schemas-repo&gt;"),
                ("<url>", "&lt;url&gt;"),
                ("if [[ \"$output\" =~ \"x\" ]]; then", "if [[ \"$output\" =~ \"x\" ]]; then"),
                ("$5 and $10", "$5 and $10"),
                ("a\n\n- b", "<p>a</p>\n<ul>\n<li>b</li>\n</ul>"),
                ("a\nb", "a\nb"),
            ],
            inline,
        );
        assert_eq!(block("# of pods").html, "<p># of pods</p>");
        assert_eq!(block("1. x").html, "<p>1. x</p>");
    }

    #[test]
    fn formulas_become_mathml_or_stay_readable() {
        check(
            &[
                ("$x^2$", "<math display=\"inline\"><msup><mi>x</mi><mn>2</mn></msup></math>"),
                (
                    "a $$\\frac{1}{2}$$",
                    "a <math display=\"block\"><mfrac><mrow><mn>1</mn></mrow><mrow><mn>2</mn></mrow></mfrac></math>",
                ),
                ("$a<b$", "<math display=\"inline\"><mi>a</mi><mo>&lt;</mo><mi>b</mi></math>"),
                ("$\\color{red}x$", "<math display=\"inline\"><mi>x</mi></math>"),
                ("$\\frac{a$", "<code>$\\frac{a$</code>"),
                ("$\\nonsense$ b", "<code>$\\nonsense$</code> b"),
                ("$\\href{javascript:alert(1)}{x}$", "<code>$\\href{javascript:alert(1)}{x}$</code>"),
                ("$\\def\\a{\\a\\a}\\a$", "<code>$\\def\\a{\\a\\a}\\a$</code>"),
                (
                    "$\\text{<script>x</script>}$",
                    "<math display=\"inline\"><mtext>&lt;script&gt;x&lt;/script&gt;</mtext></math>",
                ),
            ],
            inline,
        );
        assert_eq!(inline("$\\frac{a$").changes, [Change::Formula]);
    }

    #[test]
    fn hostile_markup_is_text_and_never_runs() {
        check(
            &[
                ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
                ("<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)&gt;"),
                ("<svg onload=alert(1)>", "&lt;svg onload=alert(1)&gt;"),
                ("<iframe src=\"//e\"></iframe>", "&lt;iframe src=\"//e\"&gt;&lt;/iframe&gt;"),
                ("<style>*{display:none}</style>", "&lt;style&gt;*{display:none}&lt;/style&gt;"),
                ("<b onclick=x>a</b>", "&lt;b onclick=x&gt;a"),
                ("<p style=\"color:red\">a", "&lt;p style=\"color:red\"&gt;a"),
                (
                    "<math><mtext><script>1</script></mtext></math>",
                    "&lt;math&gt;&lt;mtext&gt;&lt;script&gt;1&lt;/script&gt;&lt;/mtext&gt;&lt;/math&gt;",
                ),
                (
                    "x\n\n<script>\nalert(1)\n</script>",
                    "<p>x</p>\n<pre><code>&lt;script&gt;\nalert(1)\n&lt;/script&gt;</code></pre>",
                ),
                (
                    "x\n\n<div onclick=\"x\">\n\n**a**",
                    "<p>x</p>\n<pre><code>&lt;div onclick=\"x\"&gt;\n</code></pre>\n<p><strong>a</strong></p>",
                ),
                ("[a](javascript:alert(1))", "a"),
                ("[a](data:text/html,x)", "a"),
                ("[a](//evil.example)", "a"),
                ("[a](https://x.example/\"onmouseover=1)", "a (https://x.example/\"onmouseover=1)"),
                ("![a](https://x.example/p.png)", "a"),
                ("![](x.png)", ""),
                ("&lt;script&gt;", "&lt;script&gt;"),
                ("<!-- hidden -->a", "a"),
                ("<?php x ?>", "&lt;?php x ?&gt;"),
                ("a\u{0}b", "a\u{fffd}b"),
                ("a `<script>`", "a <code>&lt;script&gt;</code>"),
            ],
            inline,
        );
        assert_eq!(block("```\"><script>x</script>\ny\n```\nz").html, "<pre><code>y\n</code></pre>\n<p>z</p>");
    }

    #[test]
    fn simple_markup_and_links_stay_readable() {
        check(
            &[
                ("H<sub>2</sub>O<br>x", "H<sub>2</sub>O<br>x"),
                ("press <kbd>Tab</kbd>", "press <kbd>Tab</kbd>"),
                ("<b>a", "<b>a</b>"),
                ("a</b>", "a"),
                ("[docs](https://x.example/a)", "docs (https://x.example/a)"),
                ("<https://x.example/a>", "https://x.example/a"),
                ("[https://x.example/a](https://x.example/a)", "https://x.example/a"),
                ("https://x.example", "https://x.example"),
            ],
            inline,
        );
        for (markdown, changes) in [
            ("H<sub>2</sub>O", vec![]),
            ("<!-- note -->a", vec![]),
            ("[docs](https://x.example/a)", vec![]),
            ("<div> ![a](b) <p>", vec![Change::Image, Change::Markup]),
        ] {
            assert_eq!(inline(markdown).changes, changes, "{markdown}");
        }
    }

    #[test]
    fn a_text_that_shows_nothing_is_blank() {
        for (html, blank) in [("", true), ("<p> </p>", true), ("<p>&lt;</p>", false), ("a", false), ("<p>a</p>", false)]
        {
            assert_eq!(is_blank(html), blank, "{html}");
        }
    }
}
