//! A chart as lines of a [record](crate::record).

use super::{Chart, Choice, Turn};
use crate::escape::{escape, unescape};
use reveille_sim::{Kind, Path};

impl Chart {
    /// The lines of a record that hold a chart.
    pub(crate) fn to_lines(&self, mut line: impl FnMut(&str, &str)) {
        line("chart", "");
        for Choice { kind, options, option, step, task } in &self.choices {
            let task = task.map_or("-".to_owned(), |task| task.to_string());
            line("choice", &format!("{kind} {options} {option} {step} {task}"));
        }
        for turn in &self.turns {
            let numbers = [turn.strand.word(), turn.number.into(), turn.step, turn.task.into()];
            let mut parts = numbers.map(|number| number.to_string()).to_vec();
            let texts = [&turn.who, &turn.does, &turn.site];
            parts.extend(texts.map(|text| escape(text)));
            line("turn", &parts.join("\t"));
        }
    }

    /// Takes in one such line after `chart`; none if it does not read.
    pub(crate) fn read_line(&mut self, key: &str, value: &str) -> Option<()> {
        match key {
            "choice" => {
                let mut words = value.split(' ');
                let kind = Kind::from_name(words.next()?)?;
                let [options, option] = [words.next()?.parse().ok()?, words.next()?.parse().ok()?];
                let step = words.next()?.parse().ok()?;
                let task = match words.next()? {
                    "-" => None,
                    task => Some(task.parse().ok()?),
                };
                self.choices.push(Choice { kind, options, option, step, task });
            }
            "turn" => {
                let mut parts = value.split('\t');
                let strand = Path::from_word(parts.next()?.parse().ok()?);
                let (number, step) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
                let task = parts.next()?.parse().ok()?;
                let mut text = || parts.next().and_then(unescape);
                let (who, does, site) = (text()?, text()?, text()?);
                self.turns.push(Turn { strand, number, step, task, who, does, site });
            }
            _ => return None,
        }
        Some(())
    }
}
