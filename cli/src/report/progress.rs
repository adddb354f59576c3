//! How far it is, in a line at the terminal; nothing where nobody looks.

use super::paint::paint;
use super::summary::{grouped, per_cent, time};
use crate::gate::{Display, Failure, Seen};
use crate::shown::{in_a_line, shown};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::time::Instant;

/// A line at the terminal, and the failures above it.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    last: Option<(Instant, u64)>,
    rate: f64,
}

impl Progress {
    /// If `quiet`, there is no line; nor if standard error is no terminal.
    #[must_use]
    pub fn new(quiet: bool) -> Progress {
        let target = match quiet {
            true => ProgressDrawTarget::hidden(),
            false => ProgressDrawTarget::stderr(),
        };
        let bar = ProgressBar::with_draw_target(None, target);
        bar.set_style(
            ProgressStyle::with_template("{msg}").unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        Progress { bar, last: None, rate: 0.0 }
    }

    /// Takes the line away.
    pub fn end(&self) {
        self.bar.finish_and_clear();
    }

    /// The rate of the last moments.
    fn measure(&mut self, runs: u64) {
        let now = Instant::now();
        let (since, before) = *self.last.get_or_insert((now, runs));
        let passed = now.duration_since(since).as_secs_f64();
        if passed >= 0.5 {
            let rate = runs.saturating_sub(before) as f64 / passed;
            self.rate = if self.rate == 0.0 { rate } else { 0.5 * (self.rate + rate) };
            self.last = Some((now, runs));
        }
    }
}

impl Display for Progress {
    fn seen(&mut self, seen: &Seen) {
        if self.bar.is_hidden() {
            return;
        }
        self.measure(seen.runs);
        let mut parts = vec![
            format!("{}/{} tests", seen.done, seen.tests),
            format!("{} runs", grouped(seen.runs)),
            format!("{} runs/s", grouped(self.rate as u64)),
        ];
        if let Some(chance) = seen.chance {
            parts.push(format!("new behaviour {}", per_cent(chance)));
        }
        if seen.failed > 0 {
            parts.push(format!("{} failed", seen.failed));
        }
        parts.push(match seen.time {
            Some(all) if all > seen.elapsed => format!("{} left", time(all - seen.elapsed)),
            Some(_) => "ending".into(),
            None => time(seen.elapsed),
        });
        self.bar.set_message(parts.join(", "));
        self.bar.tick();
    }

    fn failed(&mut self, test: &str, failure: &Failure) {
        let red = anstyle::AnsiColor::Red.on_default().bold();
        let law = failure.law.as_deref().map_or(String::new(), |law| format!(" [{law}]"));
        self.bar.suspend(|| {
            anstream::eprintln!(
                "{red}FAILED{red:#} {}{law}: {}\n",
                in_a_line(test),
                in_a_line(&failure.sentence)
            );
            anstream::eprintln!("{}", paint(&shown(failure.report.trim_end())));
            if let Some(what) = to_replay(failure) {
                anstream::eprintln!(
                    "{}",
                    paint(&format!("  picture: cargo reveille replay {what}"))
                );
            }
            anstream::eprintln!();
        });
    }
}

/// What draws the failure's run: the entry of the corpus that has it, or its tape.
fn to_replay(failure: &Failure) -> Option<String> {
    let here = std::env::current_dir().ok();
    let entry = failure.corpus.as_deref().map(|entry| {
        let relative = here.as_deref().and_then(|here| entry.strip_prefix(here).ok());
        relative.unwrap_or(entry).display().to_string()
    });
    // What a shell would take apart is not to be pasted.
    let is_a_word =
        |text: &String| text.chars().all(|c| c.is_ascii_alphanumeric() || "/._-:=,~".contains(c));
    entry.filter(is_a_word).or_else(|| failure.tape.clone().filter(is_a_word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    #[test]
    fn what_is_to_be_pasted_is_a_word_for_a_shell() {
        let here = std::env::current_dir().unwrap();
        let failure = |corpus: &str, tape: &str| Failure {
            corpus: (!corpus.is_empty()).then(|| here.join(corpus)),
            tape: Some(tape.to_owned()),
            ..Failure::default()
        };
        let tape = "v1/a::b/schedule=0:1/len=3/sum=33a66f17";
        assert_eq!(to_replay(&failure("corpus/a.b/1.tape", tape)).unwrap(), "corpus/a.b/1.tape");
        assert_eq!(to_replay(&failure("my corpus/1.tape", tape)).unwrap(), tape);
        assert_eq!(to_replay(&failure("", "v1/a::b$(c)/len=3")), None);
        let elsewhere =
            Failure { corpus: Some(PathBuf::from("/elsewhere/1.tape")), ..Failure::default() };
        assert_eq!(to_replay(&elsewhere).unwrap(), "/elsewhere/1.tape");
        assert_eq!(to_replay(&Failure::default()), None);
    }
}
