//! A page at a terminal.
//!
//! Of Markdown the pages use headings, paragraphs, lists and code, so no more than that is
//! understood. A test goes through all pages and sees that nothing else is in them.

use super::inline::{self, FIRM_SPACE};
use textwrap::{Options, WordSplitter};

const PROSE_INDENT: &str = "  ";
const CODE_INDENT: &str = "      ";

/// Code is shown as wide as it is; prose has at least this many columns.
const LEAST_WIDTH: usize = 20;

const BOLD: &str = "\x1b[1m";
const END: &str = "\x1b[0m";

/// A part of a page.
#[derive(Debug, PartialEq, Eq)]
enum Block {
    Heading(String),
    Paragraph(String),
    Item(String),
    Code(Vec<String>),
}

/// Renders the Markdown of a page, or of a scene of the tour.
pub(crate) fn render(text: &str, width: usize, styled: bool) -> String {
    let mut page = String::new();
    let mut follows_item = false;
    for block in blocks(text) {
        let is_item = matches!(block, Block::Item(_));
        let goes_on = page.is_empty() || is_item && follows_item;
        if !goes_on {
            page.push('\n');
        }
        follows_item = is_item;
        match block {
            Block::Heading(text) if styled => page.push_str(&format!("{BOLD}{text}{END}")),
            Block::Heading(text) => page.push_str(&text),
            Block::Paragraph(text) => page.push_str(&fill(&text, width, "", styled)),
            Block::Item(text) => page.push_str(&fill(&text, width, "- ", styled)),
            Block::Code(lines) => page.push_str(&textwrap::indent(&lines.join("\n"), CODE_INDENT)),
        }
        page.push('\n');
    }
    page
}

fn fill(text: &str, width: usize, bullet: &str, styled: bool) -> String {
    let first = format!("{PROSE_INDENT}{bullet}");
    let next = " ".repeat(first.len());
    let options = Options::new(width.max(LEAST_WIDTH))
        .initial_indent(&first)
        .subsequent_indent(&next)
        .break_words(false)
        .word_splitter(WordSplitter::NoHyphenation);
    textwrap::fill(&inline::render(text, styled), options).replace(FIRM_SPACE, " ")
}

fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line.starts_with("```") {
            let code = lines.by_ref().take_while(|line| *line != "```");
            blocks.push(Block::Code(shown(code)));
        } else if let Some(heading) = line.strip_prefix('#') {
            blocks.push(Block::Heading(heading.trim_start_matches('#').trim().to_owned()));
        } else if let Some(item) = line.strip_prefix("- ") {
            blocks.push(Block::Item(item.to_owned()));
        } else if line.is_empty() {
            // What follows begins anew.
            blocks.push(Block::Paragraph(String::new()));
        } else {
            match blocks.last_mut() {
                Some(Block::Paragraph(text)) if text.is_empty() => line.clone_into(text),
                Some(Block::Paragraph(text) | Block::Item(text)) => {
                    text.push(' ');
                    text.push_str(line.trim_start());
                }
                _ => blocks.push(Block::Paragraph(line.to_owned())),
            }
        }
    }
    blocks.retain(|block| *block != Block::Paragraph(String::new()));
    blocks
}

/// The lines of code that a reader sees, by the rules of rustdoc.
fn shown<'a>(code: impl Iterator<Item = &'a str>) -> Vec<String> {
    let is_hidden = |line: &str| line.trim() == "#" || line.trim_start().starts_with("# ");
    let mut lines: Vec<String> = Vec::new();
    for line in code.filter(|line| !is_hidden(line)) {
        // Of what is hidden only the empty lines around it are left.
        let is_surplus = line.is_empty() && lines.last().is_none_or(String::is_empty);
        if !is_surplus {
            lines.push(line.to_owned());
        }
    }
    if lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    const PAGE: &str = "\
# a-law

A thing must not be *so*.

## What

It was seen that a thing was so, and it was told
by `a report` of some length.

- one, of which more is said
  than fits
- [`two`](two.md)

```rust,test_harness
# use hidden::Thing;
#
# #[should_panic]
#[reveille::test]
async fn is_so() {
#     Thing::hidden();
    thing().await;
}
```
";

    #[test]
    fn plain() {
        expect![[r#"
            a-law

              A thing must not be so.

            What

              It was seen that a thing
              was so, and it was told by
              `a report` of some length.

              - one, of which more is
                said than fits
              - `two`

                  #[reveille::test]
                  async fn is_so() {
                      thing().await;
                  }
        "#]]
        .assert_eq(&render(PAGE, 28, false));
    }

    #[test]
    fn styled() {
        let told = render(PAGE, 28, true).replace('\x1b', "<");
        expect![[r#"
            <[1ma-law<[0m

              A thing must not be <[3mso<[0m.

            <[1mWhat<[0m

              It was seen that a thing
              was so, and it was told by
              <[36ma report<[0m of some length.

              - one, of which more is
                said than fits
              - <[36mtwo<[0m

                  #[reveille::test]
                  async fn is_so() {
                      thing().await;
                  }
        "#]]
        .assert_eq(&told);
    }

    #[test]
    fn no_terminal_is_too_narrow() {
        assert_eq!(render(PAGE, 0, false), render(PAGE, LEAST_WIDTH, false));
    }
}
