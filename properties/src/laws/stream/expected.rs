//! Which items are to come out of a stream, and in which order.

use std::rc::Rc;

#[derive(Clone)]
pub(super) enum Expected {
    /// In this order, which is made of the numbers of each source's items.
    Given(Rc<Order>),
    /// Those of each source in their order.
    Merged,
    InAnyOrder,
}

/// The numbers of all items in their order, of those of each source.
type Order = dyn Fn(&[Vec<usize>]) -> Vec<usize>;

/// What came, beside what is to come.
pub(super) enum Came {
    InOrder(Vec<usize>),
    Merged(Vec<Vec<usize>>),
    InAnyOrder(Vec<usize>),
}

impl Expected {
    /// One source after another.
    pub(super) fn in_turn() -> Expected {
        Expected::Given(Rc::new(<[Vec<usize>]>::concat))
    }

    /// With these sources.
    pub(super) fn of(&self, sources: Vec<Vec<usize>>) -> Came {
        match self {
            Expected::Given(order) => Came::InOrder(order(&sources)),
            Expected::Merged => Came::Merged(sources),
            Expected::InAnyOrder => Came::InAnyOrder(sources.concat()),
        }
    }
}

impl Came {
    pub(super) fn is_merged(&self) -> bool {
        matches!(self, Came::Merged(_))
    }

    /// These items came. An error says which could have.
    pub(super) fn add(&mut self, items: &[usize]) -> Result<(), String> {
        items.iter().try_for_each(|item| self.add_one(*item))
    }

    fn add_one(&mut self, item: usize) -> Result<(), String> {
        let (left, expected) = match self {
            Came::InOrder(left) => {
                let first = left.first().copied();
                ((first == Some(item)).then_some((left, 0)), Vec::from_iter(first))
            }
            Came::InAnyOrder(left) => {
                let expected = left.clone();
                let at = left.iter().position(|other| *other == item);
                (at.map(|at| (left, at)), expected)
            }
            Came::Merged(sources) => {
                let expected = sources.iter().filter_map(|left| left.first().copied()).collect();
                let left = sources.iter_mut().find(|left| left.first() == Some(&item));
                (left.map(|left| (left, 0)), expected)
            }
        };
        match left {
            Some((left, at)) => {
                left.remove(at);
                Ok(())
            }
            None if expected.is_empty() => Err(format!("it gave item {item}: expected no more")),
            None => Err(format!("it gave item {item}: expected one of {expected:?}")),
        }
    }

    /// What is still to come, if anything is.
    pub(super) fn missing(&self) -> Option<String> {
        let left = match self {
            Came::InOrder(left) | Came::InAnyOrder(left) => left.clone(),
            Came::Merged(sources) => sources.concat(),
        };
        (!left.is_empty()).then(|| format!("the items {left:?} did not come"))
    }
}
