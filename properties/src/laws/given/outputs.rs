//! What comes out of a future or a stream under test: the items in it.

use super::item::Item;
use std::rc::Rc;
use std::sync::Arc;

/// What has items in it, in an order: the output of a future, or an item of a stream, whose
/// [`Item`]s a suite compares with those that it gave.
pub trait Outputs {
    /// Adds the numbers of the items to `numbers`.
    #[doc(hidden)]
    fn add_to(&self, numbers: &mut Vec<usize>);
}

/// The numbers of its items.
pub(in crate::laws) fn numbers_of(outputs: &impl Outputs) -> Vec<usize> {
    let mut numbers = Vec::new();
    outputs.add_to(&mut numbers);
    numbers
}

impl Outputs for Item {
    fn add_to(&self, numbers: &mut Vec<usize>) {
        numbers.push(self.number());
    }
}

impl Outputs for () {
    fn add_to(&self, _numbers: &mut Vec<usize>) {}
}

impl<T: Outputs> Outputs for Vec<T> {
    fn add_to(&self, numbers: &mut Vec<usize>) {
        self.iter().for_each(|outputs| outputs.add_to(numbers));
    }
}

impl<T: Outputs, const N: usize> Outputs for [T; N] {
    fn add_to(&self, numbers: &mut Vec<usize>) {
        self.iter().for_each(|outputs| outputs.add_to(numbers));
    }
}

impl<T: Outputs> Outputs for Option<T> {
    fn add_to(&self, numbers: &mut Vec<usize>) {
        self.iter().for_each(|outputs| outputs.add_to(numbers));
    }
}

/// An error has none.
impl<T: Outputs, E> Outputs for Result<T, E> {
    fn add_to(&self, numbers: &mut Vec<usize>) {
        self.iter().for_each(|outputs| outputs.add_to(numbers));
    }
}

impl<T: Outputs, U: Outputs> Outputs for (T, U) {
    fn add_to(&self, numbers: &mut Vec<usize>) {
        self.0.add_to(numbers);
        self.1.add_to(numbers);
    }
}

impl<T: Outputs> Outputs for Rc<T> {
    fn add_to(&self, numbers: &mut Vec<usize>) {
        (**self).add_to(numbers);
    }
}

impl<T: Outputs> Outputs for Arc<T> {
    fn add_to(&self, numbers: &mut Vec<usize>) {
        (**self).add_to(numbers);
    }
}
