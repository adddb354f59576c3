//! What a policy notes of each strand of a run.

use crate::strand::Strand;

/// A value for each strand, by its number; the table keeps its memory from run to
/// run.
#[derive(Clone, Debug)]
pub(crate) struct Table<T> {
    rows: Vec<T>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Table { rows: Vec::new() }
    }
}

impl<T: Copy + Default> Table<T> {
    /// Forgets every strand.
    #[inline]
    pub(crate) fn clear(&mut self) {
        self.rows.clear();
    }

    /// What is noted of `strand`.
    #[inline]
    pub(crate) fn of(&mut self, strand: &Strand) -> &mut T {
        self.numbered(strand.number())
    }

    /// What is noted of the strand of that number.
    #[inline]
    pub(crate) fn numbered(&mut self, number: usize) -> &mut T {
        if number >= self.rows.len() {
            self.rows.resize(number + 1, T::default());
        }
        &mut self.rows[number]
    }
}
