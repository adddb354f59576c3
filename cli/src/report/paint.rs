//! A report in colours, by the form that its lines have.
//!
//! What is printed goes through `anstream`, which leaves them out where they are not wanted:
//! no terminal, `NO_COLOR`, `TERM=dumb`.

use anstyle::{AnsiColor, Style};
use std::fmt::Write;

const TITLE: Style = Style::new().bold();
const BROKEN: Style = AnsiColor::Red.on_default().bold();
const LABEL: Style = AnsiColor::Cyan.on_default();
const ADVICE: Style = AnsiColor::Green.on_default().bold();
const DECIDES: Style = AnsiColor::Yellow.on_default().bold();
const MARGIN: Style = Style::new().dimmed();

/// The same text with colours.
#[must_use]
pub fn paint(report: &str) -> String {
    let lines: Vec<String> = report.split('\n').map(line).collect();
    lines.join("\n")
}

fn line(line: &str) -> String {
    title(line)
        .or_else(|| advice(line))
        .or_else(|| code(line))
        .or_else(|| row(line))
        .or_else(|| fact(line))
        .unwrap_or_else(|| line.to_owned())
}

/// `` reveille: `test` breaks the law deadlock ``
fn title(line: &str) -> Option<String> {
    const BREAKS: &str = " breaks the law ";
    let rest = line.strip_prefix("reveille: ")?;
    let Some((test, law)) = rest.rsplit_once(BREAKS) else {
        return Some(format!("{TITLE}{line}{TITLE:#}"));
    };
    Some(format!("{TITLE}reveille: {test}{TITLE:#}{BREAKS}{BROKEN}{law}{BROKEN:#}"))
}

/// `  try: drop it`
fn advice(line: &str) -> Option<String> {
    let labels = ["try:", "fault:", "note:", "replay:", "picture:"];
    let text = line.strip_prefix("  ")?;
    let label = labels.iter().find(|label| text.starts_with(**label))?;
    let rest = &text[label.len()..];
    Some(format!("  {ADVICE}{label}{ADVICE:#}{rest}"))
}

/// `    > 12 | code`, or the lines around it
fn code(line: &str) -> Option<String> {
    let (margin, code) = line.split_once(" |")?;
    let is_code = code.is_empty() || code.starts_with(' ');
    let number = margin.trim_start_matches([' ', '>']);
    if !is_code || !is_number(number) || !margin.starts_with("  ") {
        return None;
    }
    let style = if margin.contains('>') { BROKEN } else { MARGIN };
    Some(format!("{style}{margin} |{style:#}{code}"))
}

/// ` >    12  |     task 1 does something`, or the head of the table
fn row(line: &str) -> Option<String> {
    let text = line.trim_start();
    if line.starts_with("    ") && text.starts_with("step  ") {
        return Some(format!("{TITLE}{line}{TITLE:#}"));
    }
    let decides = line.starts_with(" >  ");
    let (number, rest) = text.trim_start_matches(['>', ' ']).split_once("  ")?;
    if !is_number(number) || !(decides || line.starts_with("    ")) {
        return None;
    }
    let style = if decides { DECIDES } else { MARGIN };
    let (margin, rest) = line.split_at(line.len() - rest.len());
    let mut row = format!("{style}{margin}{style:#}");
    // The lanes of those who do nothing.
    let does = rest.find(|c: char| c != ' ' && c != '|').unwrap_or(rest.len());
    let (lanes, does) = rest.split_at(does);
    let _ = write!(row, "{MARGIN}{lanes}{MARGIN:#}{does}");
    Some(row)
}

/// `  who    task 1`
fn fact(line: &str) -> Option<String> {
    let text = line.strip_prefix("  ")?;
    let (label, _) = text.split_once("  ")?;
    let is_label = !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_lowercase());
    let rest = &text[label.len()..];
    is_label.then(|| format!("  {LABEL}{label}{LABEL:#}{rest}"))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn plain(painted: &str) -> String {
        anstream::adapter::strip_str(painted).to_string()
    }

    proptest! {
        #[test]
        fn colours_change_no_text(text in "[ >|a-z0-9:`\n]{0,80}") {
            prop_assert_eq!(plain(&paint(&text)), text);
        }
    }

    #[test]
    fn every_part_of_a_report_has_its_colour() {
        let cases = [
            ("reveille: `a::b` breaks the law deadlock", "deadlock", BROKEN),
            ("  who     task 1", "who", LABEL),
            ("  try: drop it", "try:", ADVICE),
            ("  replay: REVEILLE_REPLAY=v1 cargo test", "replay:", ADVICE),
            ("          > 12 | code();", "          > 12 |", BROKEN),
            ("            11 | }", "            11 |", MARGIN),
            ("            11 |", "            11 |", MARGIN),
            (" >    12  |     task 1 does", " >    12  ", DECIDES),
            ("      12  |     task 1 does", "|     ", MARGIN),
            ("    step  root  task 1", "    step  root  task 1", TITLE),
        ];
        for (line, part, style) in cases {
            let painted = paint(line);
            assert!(painted.contains(&format!("{style}{part}{style:#}")), "{line}: {painted:?}");
        }
    }

    #[test]
    fn what_is_said_stays_as_it_is() {
        for line in
            ["", "          called from src/lib.rs:30", "    |     v", "  the last steps of 5:"]
        {
            assert_eq!(paint(line), line);
        }
    }
}
