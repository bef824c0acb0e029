//! Markdown to HTML that holds only elements we name: what is foreign in the syntax tree is replaced before it is
//! written, so that the sanitiser after it has nothing to do for well-meant texts.

use super::{Change, Rendered, math};
use comrak::{
    Arena, Options, format_html,
    nodes::{AstNode, NodeCode, NodeCodeBlock, NodeValue},
    parse_document,
};

type Node<'a> = &'a AstNode<'a>;

// CommonMark has no mark for “this line is a paragraph”. A full stop before it makes it one and ends no emphasis; it is
// taken away again in the tree.
const PARAGRAPH_MARK: &str = ".";

/// Markdown with its paragraphs.
pub fn block(markdown: &str) -> Rendered {
    let arena = Arena::new();
    let root = parse(&arena, markdown.trim());
    write(&arena, root)
}

/// Markdown without the paragraph around it, if it is a single one.
pub fn inline(markdown: &str) -> Rendered {
    let arena = Arena::new();
    let root = parse(&arena, markdown.trim());
    let mut rendered = write(&arena, root);
    if let Some(paragraph) = only_paragraph(root)
        && paragraph.next_sibling().is_none()
    {
        let html = rendered.html.trim();
        rendered.html = html.strip_prefix("<p>").and_then(|html| html.strip_suffix("</p>")).unwrap_or(html).to_owned();
    }
    rendered
}

fn options() -> Options<'static> {
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.strikethrough = true;
    options.extension.math_dollars = true;
    // Only HTML that this module puts into the tree is left when it is written.
    options.render.r#unsafe = true;
    options
}

fn parse<'a>(arena: &'a Arena<'a>, markdown: &str) -> Node<'a> {
    let root = parse_document(arena, markdown, &options());
    if markdown.is_empty() || markdown.contains(['\n', '\r']) || only_paragraph(root).is_some() {
        return root;
    }
    let root = parse_document(arena, &format!("{PARAGRAPH_MARK}{markdown}"), &options());
    let first = root.descendants().find(|node| matches!(node.data().value, NodeValue::Text(_)));
    if let Some(first) = first
        && let NodeValue::Text(text) = &mut first.data_mut().value
        && let Some(rest) = text.strip_prefix(PARAGRAPH_MARK).map(str::to_owned)
    {
        *text = rest.into();
    }
    root
}

fn only_paragraph<'a>(root: Node<'a>) -> Option<Node<'a>> {
    let first = root.first_child()?;
    let alone = first.next_sibling().is_none() && matches!(first.data().value, NodeValue::Paragraph);
    alone.then_some(first)
}

fn write<'a>(arena: &'a Arena<'a>, root: Node<'a>) -> Rendered {
    let mut changes = Vec::new();
    let nodes: Vec<Node<'a>> = root.descendants().collect();
    for node in nodes {
        changes.extend(replace(arena, node));
    }
    let mut html = String::new();
    let written = format_html(root, &options(), &mut html);
    debug_assert!(written.is_ok(), "writing to a string does not fail");
    Rendered { html, changes }
}

/// Replaces one node that must not be written as it is.
fn replace<'a>(arena: &'a Arena<'a>, node: Node<'a>) -> Option<Change> {
    let value = node.data().value.clone();
    match value {
        NodeValue::HtmlInline(html) => replace_markup(node, html),
        NodeValue::HtmlBlock(block) => replace_markup_block(node, block.literal),
        NodeValue::Image(_) => {
            // The children are the alternative text.
            dissolve(node);
            Some(Change::Image)
        }
        NodeValue::Link(link) => {
            let text: String = node.descendants().map(|inner| plain_text(&inner.data().value)).collect();
            let known = ["https://", "http://", "mailto:"].iter().any(|scheme| link.url.starts_with(scheme));
            let said = text == link.url || link.url.strip_prefix("mailto:") == Some(&text);
            if known && !said {
                let address = NodeValue::Text(format!(" ({})", link.url).into());
                node.append(arena.alloc(address.into()));
            }
            dissolve(node);
            None
        }
        NodeValue::Heading(mut heading) => {
            // The page's own title is the only first-level heading.
            heading.level = (heading.level + 1).min(6);
            node.data_mut().value = NodeValue::Heading(heading);
            None
        }
        NodeValue::Math(formula) => {
            let mathml = math::mathml(&formula.literal, formula.display_math);
            let change = mathml.is_none().then_some(Change::Formula);
            let marks = if formula.display_math { "$$" } else { "$" };
            let code = || NodeCode { num_backticks: 1, literal: format!("{marks}{}{marks}", formula.literal) };
            node.data_mut().value = mathml.map_or_else(|| NodeValue::Code(code()), NodeValue::HtmlInline);
            change
        }
        _other => None,
    }
}

/// Puts the children of a node in its place.
fn dissolve<'a>(node: Node<'a>) {
    while let Some(child) = node.first_child() {
        node.insert_before(child);
    }
    node.detach();
}

fn plain_text(value: &NodeValue) -> String {
    match value {
        NodeValue::Text(text) => text.to_string(),
        NodeValue::Code(code) => code.literal.clone(),
        NodeValue::SoftBreak | NodeValue::LineBreak => " ".to_owned(),
        _other => String::new(),
    }
}

fn replace_markup(node: Node<'_>, html: String) -> Option<Change> {
    if is_simple(&html) {
        return None;
    }
    let comment = html.starts_with("<!--");
    let text = if comment { String::new() } else { html };
    node.data_mut().value = NodeValue::Text(text.into());
    (!comment).then_some(Change::Markup)
}

fn replace_markup_block(node: Node<'_>, html: String) -> Option<Change> {
    let comment =
        html.trim_start().starts_with("<!--") && html.trim_end().find("-->") == html.trim_end().len().checked_sub(3);
    if comment {
        node.detach();
        return None;
    }
    node.data_mut().value = NodeValue::CodeBlock(Box::new(NodeCodeBlock { literal: html, ..NodeCodeBlock::default() }));
    Some(Change::Markup)
}

/// Elements without attributes that only change how text looks.
fn is_simple(html: &str) -> bool {
    const SIMPLE: &[&str] =
        &["b", "br", "code", "em", "i", "kbd", "s", "samp", "small", "strong", "sub", "sup", "u", "var"];
    let name = html.trim_start_matches('<').trim_start_matches('/').trim_end_matches('>').trim_end_matches('/').trim();
    SIMPLE.iter().any(|simple| simple.eq_ignore_ascii_case(name))
}
