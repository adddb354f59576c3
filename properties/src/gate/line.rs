//! The line to the gate.

use super::board::Board;
use super::order::{self, Answer, Order};
use super::told::{self, Hello, Story};
use crate::config;
use crate::coverage::Coverage;
use crate::error::CheckError;
use crate::passed::Passed;
use crate::search::{Allowance, Clean};
use std::fmt;
use std::io::{self, BufRead, BufReader, Write};
use std::time::{Duration, Instant};

#[cfg(unix)]
type Socket = std::os::unix::net::UnixStream;
/// There is no gate there, but there is no need to know that everywhere.
#[cfg(not(unix))]
type Socket = std::net::TcpStream;

/// How often the clock is looked at, as near as one can tell from the last time.
const LOOK_EVERY: Duration = Duration::from_millis(1);

/// A line to the gate, and what it says of this check.
#[derive(Debug)]
pub(crate) struct Gate {
    /// None once the gate is gone.
    line: Option<BufReader<Socket>>,
    order: Order,
    board: Option<&'static Board>,
    runs: u64,
    looks: Looks,
    stopped: bool,
}

/// When to look at the clock.
#[derive(Debug)]
struct Looks {
    asked: u64,
    next: u64,
    last: u64,
    since: Instant,
    slice: Instant,
}

/// No line could be made.
#[derive(Debug)]
pub struct GateError {
    what: &'static str,
    cause: io::Error,
}

impl GateError {
    fn new(what: &'static str, cause: io::Error) -> GateError {
        GateError { what, cause }
    }
}

impl fmt::Display for GateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let GateError { what, cause } = self;
        write!(f, "{}: {what}: {cause}", config::GATE)
    }
}

impl std::error::Error for GateError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.cause)
    }
}

impl Gate {
    /// Makes a line, if the environment names a gate, and asks how to begin. `runs` is what the
    /// check would do without.
    pub(crate) fn join(hello: &Hello<'_>) -> Result<Option<Gate>, GateError> {
        let Ok(address) = std::env::var(config::GATE) else { return Ok(None) };
        let no_gate = |cause| GateError::new("expected what `cargo reveille test` sets", cause);
        let address = address.split_once(':');
        let (worker, socket) =
            address.ok_or_else(|| no_gate(io::ErrorKind::InvalidInput.into()))?;
        let mut line = BufReader::new(connect(socket).map_err(no_gate)?);
        let no_answer = |cause| GateError::new("the gate did not say how to begin", cause);
        send(&mut line, &told::hello(worker, hello)).map_err(no_answer)?;
        let answer = hear(&mut line).map_err(no_answer)?;
        let (order, stopped) = match answer {
            Answer::Go(order) => (order, false),
            Answer::Stop => (Order::default(), true),
        };
        let board = match &order.board {
            None => None,
            Some(path) => Some(
                Board::open(path)
                    .map_err(|cause| GateError::new("its board cannot be used", cause))?,
            ),
        };
        let runs = match order.runs {
            order::Runs::Usual => hello.runs,
            order::Runs::Exactly(runs) => runs,
            order::Runs::Endless => u64::MAX,
        };
        let now = Instant::now();
        let looks = Looks { asked: 0, next: 1, last: 0, since: now, slice: now };
        Ok(Some(Gate { line: Some(line), order, board, runs, looks, stopped }))
    }

    /// How the check is to begin.
    pub(crate) fn order(&self) -> &Order {
        &self.order
    }

    pub(crate) fn board(&self) -> Option<&'static Board> {
        self.board
    }

    /// The check is made by another process, which makes a line of its own.
    pub(crate) fn elsewhere(&mut self) {
        self.say(&told::elsewhere());
    }

    /// The corpus was replayed, and all its entries passed.
    pub(crate) fn corpus(&mut self, entries: u64) {
        self.looks.slice = Instant::now();
        self.say(&told::corpus(entries));
    }

    pub(crate) fn end(&mut self, result: &Result<Passed, CheckError>, story: Option<&Story>) {
        self.say(&told::end(result, story));
    }

    fn say(&mut self, message: &str) {
        let Some(line) = &mut self.line else { return };
        if send(line, message).is_err() {
            self.line = None;
        }
    }

    /// Says how far it is and asks whether to go on.
    fn ask(&mut self, clean: &Clean, coverage: Coverage) {
        self.say(&told::slice(clean, coverage));
        let answer = self.line.as_mut().map(hear);
        match answer {
            Some(Ok(Answer::Go(order))) => self.order.slice = order.slice,
            // Without a gate there is nobody to search for.
            _ => self.stopped = true,
        }
        self.looks.slice = Instant::now();
    }
}

impl Allowance for Gate {
    fn one_more(&mut self, clean: &Clean, coverage: &dyn Fn() -> Coverage) -> bool {
        if self.stopped && clean.runs > 0 || clean.runs >= self.runs {
            return false;
        }
        self.looks.asked += 1;
        if self.looks.asked < self.looks.next {
            return true;
        }
        let now = Instant::now();
        self.looks.plan_next(now);
        if clean.runs > 0
            && self.order.rescue.is_none()
            && now.duration_since(self.looks.slice) >= self.order.slice
        {
            self.ask(clean, coverage());
            return !self.stopped;
        }
        true
    }
}

impl Looks {
    /// A look costs about as much as a tenth of a short run; the next is due after as many
    /// runs as take a millisecond, and after twice as many as before at most.
    fn plan_next(&mut self, now: Instant) {
        let runs = self.asked - self.last;
        let took = now.duration_since(self.since).max(Duration::from_nanos(1));
        let due = runs as f64 * LOOK_EVERY.as_secs_f64() / took.as_secs_f64();
        let next = (due as u64).clamp(1, 2 * runs.max(1));
        (self.last, self.since, self.next) = (self.asked, now, self.asked + next);
    }
}

#[cfg(unix)]
fn connect(socket: &str) -> io::Result<Socket> {
    Socket::connect(socket)
}

#[cfg(not(unix))]
fn connect(_socket: &str) -> io::Result<Socket> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "there is a gate on unix alone"))
}

fn send(line: &mut BufReader<Socket>, message: &str) -> io::Result<()> {
    line.get_mut().write_all(format!("{message}\n").as_bytes())
}

fn hear(line: &mut BufReader<Socket>) -> io::Result<Answer> {
    let mut text = String::new();
    line.read_line(&mut text)?;
    order::read(&text).ok_or_else(|| match text.as_str() {
        "" => io::ErrorKind::UnexpectedEof.into(),
        text => {
            io::Error::new(io::ErrorKind::InvalidData, format!("it said `{}`", text.trim_end()))
        }
    })
}
