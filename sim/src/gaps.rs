//! Which places of a long row are taken, and which of them is number so-and-so.
//!
//! A bit for each place, and a binary indexed tree (Fenwick, "A New Data Structure for
//! Cumulative Frequency Tables", 1994) over the words of bits: to find a place by its
//! number and to free it takes a logarithm of steps.

/// The places of a row; those in front of the last word that are free are gaps.
#[derive(Debug, Default)]
pub(crate) struct Gaps {
    words: Vec<u64>,
    /// Partial sums of taken places; number `i` ends with word `i - 1`.
    sums: Vec<u32>,
    places: usize,
}

const WORD: usize = u64::BITS as usize;

fn lowest_bit(number: usize) -> usize {
    number & number.wrapping_neg()
}

impl Gaps {
    /// So many places, all of them taken.
    pub(crate) fn fill(&mut self, places: usize) {
        self.words.clear();
        self.words.resize(places / WORD, u64::MAX);
        if !places.is_multiple_of(WORD) {
            self.words.push((1 << (places % WORD)) - 1);
        }
        self.sums.clear();
        self.sums.push(0);
        for end in 1..=self.words.len() {
            let from = (end - lowest_bit(end)) * WORD;
            self.sums.push((places.min(end * WORD) - from) as u32);
        }
        self.places = places;
    }

    /// One more place behind all others, taken.
    pub(crate) fn push(&mut self) {
        let bit = self.places % WORD;
        if bit == 0 {
            let end = self.words.len() + 1;
            let mut sum = 0;
            let mut before = end - 1;
            while before > end - lowest_bit(end) {
                sum += self.sums[before];
                before &= before - 1;
            }
            self.words.push(0);
            self.sums.push(sum);
        }
        let last = self.words.len() - 1;
        self.words[last] |= 1 << bit;
        // No sum behind the last one includes it.
        self.sums[last + 1] += 1;
        self.places += 1;
    }

    pub(crate) fn is_taken(&self, place: usize) -> bool {
        self.words[place / WORD] >> (place % WORD) & 1 == 1
    }

    /// The place of number `index` among those that are taken.
    pub(crate) fn place(&self, index: usize) -> usize {
        let mut rest = index as u32;
        let mut word = 0;
        let mut width = self.sums.len().next_power_of_two() / 2;
        while width > 0 {
            if let Some(sum) = self.sums.get(word + width)
                && *sum <= rest
            {
                rest -= sum;
                word += width;
            }
            width /= 2;
        }
        word * WORD + nth_bit(self.words[word], rest)
    }

    /// How many places before this one are taken.
    pub(crate) fn taken_before(&self, place: usize) -> usize {
        let mut word = place / WORD;
        let below = (1 << (place % WORD)) - 1;
        let mut sum = (self.words[word] & below).count_ones();
        while word > 0 {
            sum += self.sums[word];
            word &= word - 1;
        }
        sum as usize
    }

    /// The place, which is taken, is free from now on.
    pub(crate) fn free(&mut self, place: usize) {
        let word = place / WORD;
        self.words[word] &= !(1 << (place % WORD));
        let mut end = word + 1;
        while let Some(sum) = self.sums.get_mut(end) {
            *sum -= 1;
            end += lowest_bit(end);
        }
    }
}

/// The place of the bit number `nth` of those that are set in `word`.
fn nth_bit(word: u64, nth: u32) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    // How many bits are set in each byte and in those below it: all bytes at once.
    let pairs = word - ((word >> 1) & (ONES * 0x55));
    let fours = (pairs & (ONES * 0x33)) + ((pairs >> 2) & (ONES * 0x33));
    let bytes = ((fours + (fours >> 4)) & (ONES * 0x0f)).wrapping_mul(ONES);
    // The bytes up to which there are no more than `nth`.
    let highs = ONES * 0x80;
    let passed = ((ONES * u64::from(nth)) | highs) - bytes;
    let byte = (passed & highs).count_ones() * 8;
    let before = ((bytes << 8) >> byte) as u8;
    let mut rest = word >> byte;
    for _ in u32::from(before)..nth {
        rest &= rest - 1;
    }
    (byte + rest.trailing_zeros()) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn counts_what_is_taken(
            begin in 0..300usize,
            steps in prop::collection::vec(prop::option::of(any::<prop::sample::Index>()), 0..400),
        ) {
            let mut gaps = Gaps::default();
            gaps.fill(begin);
            let mut model: Vec<usize> = (0..begin).collect();
            let mut places = begin;
            for step in steps {
                match step {
                    Some(at) if !model.is_empty() => gaps.free(model.remove(at.index(model.len()))),
                    _ => {
                        gaps.push();
                        model.push(places);
                        places += 1;
                    }
                }
            }
            for (index, place) in model.iter().enumerate() {
                prop_assert_eq!(gaps.place(index), *place);
                prop_assert_eq!(gaps.taken_before(*place), index);
            }
            let taken: Vec<usize> = (0..places).filter(|place| gaps.is_taken(*place)).collect();
            prop_assert_eq!(taken, model);
        }
    }
}
