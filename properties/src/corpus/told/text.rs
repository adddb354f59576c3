//! Notes as text: what a run sends back that had a process of its own.

use super::Notes;
use crate::corpus::format::{deviation_line, read_deviation, read_named, task_line};

impl Notes {
    pub(crate) fn to_text(&self) -> String {
        let mut text = String::new();
        if let Some(task) = &self.task {
            text = format!("task {}\n", task_line(task, &self.names));
        }
        for deviation in &self.deviations {
            text.push_str(&deviation_line(deviation, &self.names));
            text.push('\n');
        }
        text + "end\n"
    }

    /// None if the text is not whole.
    pub(crate) fn from_text(text: &str) -> Option<Notes> {
        let mut notes = Notes::default();
        for line in text.strip_suffix("end\n")?.lines() {
            if let Some(task) = line.strip_prefix("task ") {
                let (task, "") = read_named(task, &mut notes.names)? else { return None };
                notes.task = Some(task);
            } else {
                notes.deviations.push(read_deviation(line, &mut notes.names)?);
            }
        }
        Some(notes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::entry::Entry;
    use crate::corpus::samples::entry;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn notes_keep_everything(entry in entry()) {
            let Entry { deviations, task, names, .. } = entry;
            let notes = Notes { deviations, task, names };
            prop_assert_eq!(Notes::from_text(&notes.to_text()), Some(notes));
        }
    }

    #[test]
    fn cut_notes_are_none() {
        assert_eq!(Notes::from_text("end\n"), Some(Notes::default()));
        for text in ["", "end", "task root\n", "task\nend\n", "schedule\nend\n"] {
            assert_eq!(Notes::from_text(text), None, "{text}");
        }
    }
}
