//! How far it is, in a line at the terminal; nothing where nobody looks.

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
            anstream::eprintln!("{}\n", shown(failure.report.trim_end()));
        });
    }
}
