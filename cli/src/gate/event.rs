//! What happens to a gate.

use super::message::Message;
use super::socket::Answers;
use std::process::ExitStatus;

#[derive(Debug)]
pub(super) enum Event {
    /// A check said something. With its first words comes the way to answer.
    Said { line: usize, message: Message, answers: Option<Answers> },
    /// A line ended.
    Closed { line: usize },
    /// A process ended.
    Exited { worker: usize, status: Option<ExitStatus> },
    /// Somebody wants it to stop.
    Interrupted,
}
