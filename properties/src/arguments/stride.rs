//! How many moves at once.
//!
//! ```text
//! one by one, until enough in a row went well -> 2, 4, 8, .. while that goes well
//!       ^_______________ .., 4, 2, each once <- the first that does not
//! ```
//!
//! Where the very first leap goes wrong, more are to go well before the next.

/// Moves in a row that go well before the first leap.
const ENOUGH: u32 = 2;
/// The same where leaps go wrong.
const MOST_ENOUGH: u32 = 64;

/// How an argument is walked along.
#[derive(Debug)]
pub(super) struct Stride {
    /// Moves at once.
    length: usize,
    growing: bool,
    in_a_row: u32,
    enough: u32,
}

impl Default for Stride {
    fn default() -> Self {
        Stride { length: 1, growing: true, in_a_row: 0, enough: ENOUGH }
    }
}

impl Stride {
    /// The length of the next leap, if there is to be one.
    pub(super) fn leap(&self) -> Option<usize> {
        (self.length > 1).then_some(self.length)
    }

    /// A single move was made, and whether it went well at once.
    pub(super) fn asked(&mut self, well: bool) {
        self.in_a_row = if well { self.in_a_row + 1 } else { 0 };
        if self.in_a_row >= self.enough {
            (self.length, self.growing) = (2, true);
        }
    }

    /// A leap was made, and whether it went well.
    pub(super) fn landed(&mut self, well: bool) {
        if self.growing && self.length == 2 {
            self.enough = if well { ENOUGH } else { (2 * self.enough).min(MOST_ENOUGH) };
        }
        self.growing &= well;
        self.length = if self.growing { 2 * self.length } else { self.length / 2 };
        if self.length == 1 {
            self.in_a_row = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lengths of leaps while `well` says of each how it goes.
    fn leaps(stride: &mut Stride, well: &[bool]) -> Vec<usize> {
        let leap = |well: &bool| {
            let length = stride.leap().expect("a leap");
            stride.landed(*well);
            length
        };
        well.iter().map(leap).collect()
    }

    fn asked_until_a_leap(stride: &mut Stride) -> u32 {
        let asked = |count: &u32| {
            stride.asked(true);
            *count < 1_000 && stride.leap().is_some()
        };
        (1..).find(asked).unwrap()
    }

    #[test]
    fn leaps_grow_until_one_goes_wrong_and_then_halve() {
        let mut stride = Stride::default();
        assert_eq!(asked_until_a_leap(&mut stride), ENOUGH);
        let lengths = leaps(&mut stride, &[true, true, true, false, true, false, true]);
        assert_eq!(lengths, [2, 4, 8, 16, 8, 4, 2]);
        assert_eq!(stride.leap(), None);
        assert_eq!(asked_until_a_leap(&mut stride), ENOUGH);
    }

    #[test]
    fn leaps_that_go_wrong_become_rare() {
        let mut stride = Stride::default();
        for enough in [2, 4, 8, 16, 32, 64, 64] {
            assert_eq!(asked_until_a_leap(&mut stride), enough);
            assert_eq!(leaps(&mut stride, &[false]), [2]);
        }
        assert_eq!(asked_until_a_leap(&mut stride), MOST_ENOUGH);
        assert_eq!(leaps(&mut stride, &[true, false, false]), [2, 4, 2]);
        assert_eq!(asked_until_a_leap(&mut stride), ENOUGH);
    }
}
