//! What the search needs to know of one run, in memory and as text.
//!
//! In a [hermetic](crate::hermetic) search every run has a process of its own, and
//! this is what it sends back: lines of `key value`, the value escaped.

use crate::callsite::place;
use crate::chart::Chart;
use crate::corpus::Aligned;
use crate::escape::{escape, unescape};
use crate::marks::Mark;
use crate::rejection::Rejection;
use reveille_sim::{Detail, Finding, Kind, Law, Owner, Property, Tape, TaskId};
use std::fmt::Write;

/// One run, as the search sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RunRecord {
    pub(crate) broken: Option<Broken>,
    /// Why the run proves nothing, if it does not.
    pub(crate) rejected: Option<Rejection>,
    pub(crate) marks: Vec<Mark>,
    pub(crate) warnings: Vec<Warning>,
    pub(crate) steps: u64,
    /// Hash of the events, if they were recorded.
    pub(crate) hash: Option<u64>,
    pub(crate) tape: Tape,
    pub(crate) probed: Option<Vec<u32>>,
    /// What it chose between and its turns, if the plan asked for them.
    pub(crate) chart: Option<Chart>,
    pub(crate) foreign_threads: Vec<String>,
    /// How the tape fitted, if it was an entry of the corpus.
    pub(crate) aligned: Option<Aligned>,
    /// Equal for runs with the same deviations.
    pub(crate) digest: u64,
    /// What the run showed to the samplers, if it was made in another process.
    pub(crate) lesson: Vec<u64>,
}

/// A verdict, reduced to what tells it from others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Broken {
    pub(crate) law: Law,
    /// The task that the law names; none for a watched future.
    pub(crate) task: Option<u32>,
    /// The other tasks involved.
    pub(crate) others: Vec<u32>,
    /// What sets it apart from other breaches of the same law: where a panic was.
    pub(crate) cause: String,
    /// What it said, which may differ from run to run.
    pub(crate) message: String,
}

/// A finding that does not fail the test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Warning {
    pub(crate) law: Law,
    pub(crate) text: String,
}

impl Broken {
    pub(crate) fn of(finding: &Finding) -> Broken {
        let (cause, message) = match &finding.detail {
            Detail::Panic { message, location: None, .. } => (message.clone(), message.clone()),
            Detail::Panic { message, location: Some(at), .. } => (at.clone(), message.clone()),
            Detail::Error(text) => ("an error".to_owned(), text.clone()),
            Detail::Property(property) => (named(property), property.kind.name().to_owned()),
            Detail::Misused(misused) => {
                let cause = format!("{}, {}", place(misused.submitted_at), misused.how);
                (cause, misused.how.to_string())
            }
            _ => (String::new(), String::new()),
        };
        let others = finding.others.iter().map(|task| task.0).collect();
        let task = finding.task().map(|task| task.0);
        Broken { law: finding.law, task, others, cause, message }
    }

    /// Whether two runs failed for the same reason, as far as one can tell; the
    /// numbers of tasks depend on the schedule.
    pub(crate) fn is_like(&self, other: &Broken) -> bool {
        self.law == other.law && self.cause == other.cause
    }
}

/// What a test calls a property, and where it is declared.
fn named(property: &Property) -> String {
    format!("`{}`, declared at {}", property.what, place(property.at))
}

impl Warning {
    pub(crate) fn of(finding: &Finding) -> Warning {
        let whose = match finding.owner {
            Owner::Task(task) => task.to_string(),
            Owner::Watch(number) => format!("watched future {number}"),
        };
        let text = match (finding.law, &finding.detail) {
            (Law::WakerLeak, Detail::Count(count)) => {
                let s = if *count == 1 { "" } else { "s" };
                format!("{count} clone{s} of the wakers of {whose} outlived the run")
            }
            (Law::TaskLeak, _) => format!("{whose} was left behind and nothing can wake it"),
            (_, Detail::Panic { message, .. }) => format!("{whose} panicked: {message}"),
            (_, Detail::Error(text)) => format!("the body returned {text}"),
            (_, Detail::Property(property)) => {
                format!("the property {} does not hold", named(property))
            }
            _ => format!("{}, broken by {whose}", finding.law.sentence()),
        };
        Warning { law: finding.law, text }
    }
}

impl RunRecord {
    pub(crate) fn failed_like(&self, broken: &Broken) -> bool {
        self.broken.as_ref().is_some_and(|own| own.is_like(broken))
    }

    pub(crate) fn to_text(&self) -> String {
        let mut text = String::new();
        let mut line = |key: &str, value: &str| {
            let _ = writeln!(text, "{key} {}", escape(value));
        };
        line("steps", &self.steps.to_string());
        if let Some(hash) = self.hash {
            line("hash", &hash.to_string());
        }
        line("tape", &self.tape.to_text("run"));
        // The text of a tape leaves out the defaults at the ends of its lanes.
        for kind in Kind::ALL.into_iter().filter(|kind| !self.tape.lane(*kind).is_empty()) {
            line("length", &format!("{kind} {}", self.tape.lane(kind).len()));
        }
        if let Some(broken) = &self.broken {
            line("law", broken.law.name());
            if let Some(task) = broken.task {
                line("task", &task.to_string());
            }
            broken.others.iter().for_each(|task| line("other", &task.to_string()));
            line("cause", &broken.cause);
            line("message", &broken.message);
        }
        if let Some(rejection) = &self.rejected {
            line("rejected", &rejection.reason);
            rejection.argument.iter().for_each(|argument| line("argument", argument));
        }
        for mark in &self.marks {
            line("mark", &mark.name);
            line("mark-at", &mark.at);
            line("looks", &mark.looks.to_string());
            line("seen", &mark.seen.to_string());
        }
        for warning in &self.warnings {
            line("warned", warning.law.name());
            line("warning", &warning.text);
        }
        if let Some(probed) = &self.probed {
            line("probed", "");
            probed.iter().for_each(|task| line("woken", &task.to_string()));
        }
        self.foreign_threads.iter().for_each(|thread| line("thread", thread));
        if let Some(Aligned { placed, of, diverged }) = &self.aligned {
            line("placed", &placed.to_string());
            line("of", &of.to_string());
            diverged.iter().for_each(|place| line("diverged", place));
        }
        line("digest", &self.digest.to_string());
        self.lesson.iter().for_each(|word| line("word", &word.to_string()));
        if let Some(chart) = &self.chart {
            chart.to_lines(&mut line);
        }
        line("end", "");
        text
    }

    /// None if the text is not whole.
    pub(crate) fn from_text(text: &str) -> Option<RunRecord> {
        let mut record = RunRecord::default();
        let mut ended = false;
        let mut warned = None;
        for line in text.lines() {
            let (key, value) = line.split_once(' ')?;
            let value = unescape(value)?;
            let broken = record.broken.as_mut();
            match key {
                "steps" => record.steps = value.parse().ok()?,
                "hash" => record.hash = Some(value.parse().ok()?),
                "tape" => record.tape = Tape::from_text(&value).ok()?.1,
                "length" => {
                    let (kind, length) = value.split_once(' ')?;
                    let lane = record.tape.lane_mut(Kind::from_name(kind)?);
                    lane.resize(length.parse().ok()?, 0);
                }
                "law" => {
                    let law = Law::from_name(&value)?;
                    let (others, cause, message) = Default::default();
                    record.broken = Some(Broken { law, task: None, others, cause, message });
                }
                "task" => broken?.task = Some(value.parse().ok()?),
                "other" => broken?.others.push(value.parse().ok()?),
                "cause" => broken?.cause = value,
                "message" => broken?.message = value,
                "warned" => warned = Some(Law::from_name(&value)?),
                "warning" => record.warnings.push(Warning { law: warned?, text: value }),
                "probed" => record.probed = Some(Vec::new()),
                "woken" => record.probed.as_mut()?.push(value.parse().ok()?),
                "rejected" => record.rejected = Some(Rejection::by_body(&value)),
                "argument" => record.rejected.as_mut()?.argument = Some(value),
                "mark" => record.marks.push(Mark { name: value, ..Mark::default() }),
                "mark-at" => record.marks.last_mut()?.at = value,
                "looks" => record.marks.last_mut()?.looks = value.parse().ok()?,
                "seen" => record.marks.last_mut()?.seen = value.parse().ok()?,
                "thread" => record.foreign_threads.push(value),
                "placed" => {
                    let placed = value.parse().ok()?;
                    record.aligned = Some(Aligned { placed, ..Aligned::default() });
                }
                "of" => record.aligned.as_mut()?.of = value.parse().ok()?,
                "diverged" => record.aligned.as_mut()?.diverged = Some(value),
                "digest" => record.digest = value.parse().ok()?,
                "word" => record.lesson.push(value.parse().ok()?),
                "end" => ended = true,
                "chart" => record.chart = Some(Chart::default()),
                _ => record.chart.as_mut()?.read_line(key, &value)?,
            }
        }
        // Other trailing defaults are not in the text of a tape; nobody misses them.
        ended.then_some(record)
    }
}

/// The tasks of a record, as the simulator names them.
pub(crate) fn task_ids(numbers: &[u32]) -> impl Iterator<Item = TaskId> + '_ {
    numbers.iter().copied().map(TaskId)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::{Choice, Turn};
    use proptest::collection::vec;
    use proptest::option;
    use proptest::prelude::*;
    use reveille_sim::Path;

    fn law() -> impl Strategy<Value = Law> {
        prop::sample::select(Law::ALL)
    }

    prop_compose! {
        fn broken()(
            law in law(),
            task in option::of(any::<u32>()),
            others in vec(any::<u32>(), 0..4),
            cause in any::<String>(),
            message in any::<String>(),
        ) -> Broken {
            Broken { law, task, others, cause, message }
        }
    }

    prop_compose! {
        fn choice()(
            kind in prop::sample::select(&Kind::ALL[..]),
            options in any::<u32>(),
            option in any::<u32>(),
            step in any::<u64>(),
            task in option::of(any::<u32>()),
        ) -> Choice {
            Choice { kind, options, option, step, task }
        }
    }

    prop_compose! {
        fn mark()(
            name in any::<String>(),
            at in any::<String>(),
            looks in any::<u64>(),
            seen in any::<u64>(),
        ) -> Mark {
            Mark { name, at, looks, seen }
        }
    }

    prop_compose! {
        fn turn()(
            word in any::<u64>(),
            number in any::<u32>(),
            step in any::<u64>(),
            task in any::<u32>(),
            [who, does, site] in any::<[String; 3]>(),
        ) -> Turn {
            Turn { strand: Path::from_word(word), number, step, task, who, does, site }
        }
    }

    prop_compose! {
        fn chart()(
            choices in vec(choice(), 0..4),
            turns in vec(turn(), 0..4),
        ) -> Chart {
            Chart { choices, turns }
        }
    }

    prop_compose! {
        fn rejection()(argument in option::of(any::<String>()), reason in any::<String>()) -> Rejection {
            Rejection { argument, reason }
        }
    }

    prop_compose! {
        fn record()(
            broken in option::of(broken()),
            rejected in option::of(rejection()),
            marks in vec(mark(), 0..3),
            arguments in vec(0..4u32, 0..9),
            warnings in vec((law(), any::<String>()).prop_map(|(law, text)| Warning { law, text }), 0..3),
            steps in any::<u64>(),
            hash in option::of(any::<u64>()),
            lane in vec(0..9u32, 0..9),
            probed in option::of(vec(any::<u32>(), 0..4)),
            chart in option::of(chart()),
            foreign_threads in vec(any::<String>(), 0..3),
            aligned in option::of((0..9usize, 0..9usize, option::of(any::<String>()))),
            digest in any::<u64>(),
            lesson in vec(any::<u64>(), 0..4),
        ) -> RunRecord {
            let aligned = aligned.map(|(placed, of, diverged)| Aligned { placed, of, diverged });
            let mut tape = Tape::new();
            *tape.lane_mut(Kind::Schedule) = lane;
            *tape.lane_mut(Kind::Argument) = arguments;
            let own = RunRecord { broken, rejected, marks, warnings, steps, hash, tape, ..RunRecord::default() };
            RunRecord { probed, chart, foreign_threads, digest, lesson, aligned, ..own }
        }
    }

    proptest! {
        #[test]
        fn text_keeps_everything(record in record()) {
            prop_assert_eq!(RunRecord::from_text(&record.to_text()), Some(record));
        }

        #[test]
        fn a_cut_text_is_no_record(record in record(), at in any::<prop::sample::Index>()) {
            let text = record.to_text();
            let cut: String = text.chars().take(at.index(text.trim_end().chars().count())).collect();
            prop_assert_eq!(RunRecord::from_text(&cut), None);
        }
    }
}
