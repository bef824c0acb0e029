//! The last gate before HTML reaches a window: an allow-list of elements and attributes. Everything before it may have
//! mistakes; this decides.

use ammonia::Builder;
use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

const TEXT: &[&str] = &[
    "b",
    "blockquote",
    "br",
    "code",
    "del",
    "em",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "kbd",
    "li",
    "ol",
    "p",
    "pre",
    "s",
    "samp",
    "small",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "u",
    "ul",
    "var",
];
// What pulldown-latex writes. `annotation-xml` and `maction` are left out on purpose: HTML can hide in them.
const MATH: &[&str] = &[
    "math",
    "mfrac",
    "mi",
    "mn",
    "mo",
    "mover",
    "mpadded",
    "mroot",
    "mrow",
    "mspace",
    "msqrt",
    "mstyle",
    "msub",
    "msubsup",
    "msup",
    "mtable",
    "mtd",
    "mtext",
    "mtr",
    "munder",
    "munderover",
];
const ATTRIBUTES: &[(&[&str], &[&str])] = &[
    (&["code", "mtable", "mtr", "mtd"], &["class"]),
    (&["ol"], &["start"]),
    (&["td", "th"], &["align"]),
    (&["math"], &["display"]),
    (&["mi", "mrow", "mfrac", "mo", "mtext", "mstyle", "mtable", "msqrt"], &["displaystyle", "scriptlevel"]),
    (&["mi"], &["mathvariant"]),
    (&["mfrac"], &["linethickness"]),
    (&["mspace"], &["width", "height", "depth"]),
    (
        &["mo"],
        &["stretchy", "symmetric", "largeop", "movablelimits", "minsize", "maxsize", "form", "fence", "separator"],
    ),
];

static BUILDER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut attributes: HashMap<&str, HashSet<&str>> = HashMap::new();
    for (elements, names) in ATTRIBUTES {
        for element in *elements {
            attributes.entry(element).or_default().extend(names.iter());
        }
    }
    let mut builder = Builder::empty();
    builder
        .tags(TEXT.iter().chain(MATH).copied().collect())
        .tag_attributes(attributes)
        .clean_content_tags(HashSet::from(["script", "style"]))
        .attribute_filter(|_element, name, value| {
            let kept = name != "class" || value.split(' ').all(is_our_class);
            kept.then_some(Cow::Borrowed(value))
        })
        .link_rel(None);
    builder
});

// Classes can be styled but must not reach into the application's own: only languages of code and pulldown-latex's.
fn is_our_class(class: &str) -> bool {
    let plain = class.bytes().all(|b| b.is_ascii_alphanumeric() || b"+#._-".contains(&b));
    plain && ["language-", "menv-", "cell-"].iter().any(|prefix| class.starts_with(prefix))
}

/// Keeps what is on the list and drops everything else.
pub fn clean(html: &str) -> String {
    BUILDER.clean(html).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_on_the_list_passes() {
        for (html, expected) in [
            ("<p>a</p>", "<p>a</p>"),
            ("<p onclick=x style=y id=z class=w>a</p>", "<p>a</p>"),
            ("<script>alert(1)</script>a", "a"),
            ("<style>p{}</style>a", "a"),
            ("<img src=x onerror=alert(1)>a", "a"),
            ("<a href=\"javascript:alert(1)\">a</a>", "a"),
            ("<a href=\"https://x.example\">a</a>", "a"),
            ("<iframe srcdoc=\"<script>1</script>\"></iframe>a", "a"),
            ("<svg><script>alert(1)</script></svg>a", "a"),
            (
                "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
                "<math><mtext><table></table></mtext></math>",
            ),
            ("<math><annotation-xml encoding=\"text/html\"><p>a</p></annotation-xml></math>", "<math></math>"),
            ("<form action=x><input><button>a</button></form>", "a"),
            ("<code class=\"language-rust\">a</code>", "<code class=\"language-rust\">a</code>"),
            ("<code class=\"language-rust btn\">a</code>", "<code>a</code>"),
            ("<math href=\"javascript:alert(1)\"><mi>x</mi></math>", "<math><mi>x</mi></math>"),
            ("<math><mi style=\"color:red\">x</mi></math>", "<math><mi>x</mi></math>"),
            ("<base href=//e><meta http-equiv=refresh><link rel=stylesheet>a", "a"),
        ] {
            let cleaned = clean(html);
            assert_eq!(cleaned, expected, "{html}");
            assert_eq!(clean(&cleaned), cleaned, "cleaning twice changes {html}");
        }
    }
}
