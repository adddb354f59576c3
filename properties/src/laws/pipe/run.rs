//! One run: tasks that have the ends of a pipe, or of a duplex.

use super::acting::{read, write};
use super::end::{End, Shared};
use super::line::{Line, Promises};
use super::plan::{Reading, Writing};
use super::{Duplex, Pipe};
use crate::breach::Breach;
use crate::laws::given::inner::Inners;
use crate::laws::play::driver::{Drivers, Notes, Waiting};
use crate::laws::play::script::Script;
use reveille_sim::within;
use std::cell::RefCell;
use std::rc::Rc;

pub(super) async fn pipe<P: Pipe>(
    pipe: P,
    promises: Promises,
    writes: Script<Writing>,
    reads: Script<Reading>,
) -> Result<(), Breach> {
    let (writer, reader) = within("Pipe::open", || pipe.open());
    let line = Rc::new(RefCell::new(Line::new(promises)));
    let writer = End::new(writer, Some(line.clone()), None);
    let reader = End::new(reader, None, Some(line.clone()));
    let (inners, notes) = (Inners::of("pipe"), Notes::of("pipe"));
    let mut drivers = Drivers::new(&inners, &notes);
    let drive = write(writer.clone(), line.clone(), notes.by("writer"), writes);
    writer.is_used_by(drivers.spawn("writer", Box::pin(drive)));
    let drive = read(reader.clone(), line.clone(), notes.by("reader"), reads);
    reader.is_used_by(drivers.spawn("reader", Box::pin(drive)));
    drivers.rest(|at| waiting(&line, at)).await?;
    drivers.abort().await;
    writer.let_go().await;
    reader.let_go().await;
    Ok(())
}

pub(super) async fn duplex<D: Duplex>(
    duplex: D,
    promises: Promises,
    scripts: [(Script<Writing>, Script<Reading>); 2],
) -> Result<(), Breach> {
    let (first, second) = within("Duplex::open", || duplex.open());
    let lines = [(); 2].map(|()| Rc::new(RefCell::new(Line::new(promises))));
    let [there, back] = &lines;
    let first = End::new(first, Some(there.clone()), Some(back.clone()));
    let second = End::new(second, Some(back.clone()), Some(there.clone()));
    let (inners, notes) = (Inners::of("duplex"), Notes::of("duplex"));
    let mut drivers = Drivers::new(&inners, &notes);
    let ends = [("first", &first, there, back), ("second", &second, back, there)];
    for ((name, end, writes_to, reads_from), (writes, reads)) in ends.into_iter().zip(scripts) {
        let writer = format!("writer of the {name} end");
        let drive = write(end.clone(), writes_to.clone(), notes.by(&writer), writes);
        end.is_used_by(drivers.spawn(&writer, Box::pin(drive)));
        let reader = format!("reader of the {name} end");
        let drive = read(end.clone(), reads_from.clone(), notes.by(&reader), reads);
        end.is_used_by(drivers.spawn(&reader, Box::pin(drive)));
    }
    let line_of = |at| match at {
        0 | 3 => there,
        _ => back,
    };
    drivers.rest(|at| waiting(line_of(at), at)).await?;
    drivers.abort().await;
    first.let_go().await;
    second.let_go().await;
    Ok(())
}

/// How the task in this place waits: writers and readers take turns.
fn waiting(line: &Shared, at: usize) -> Waiting {
    match at % 2 {
        0 => line.borrow().writer_waiting(),
        _ => line.borrow().reader_waiting(),
    }
}
