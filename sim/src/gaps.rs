//! Which places of a long row are taken, and which of them is number so-and-so.
//!
//! A bit for each place, and above the bits a tree of wide nodes, as in a rank and select
//! directory (Jacobson, "Space-efficient static trees and graphs", 1989). We differ in that
//! places come and go: a node keeps, for each of its children, how many places before it
//! are taken, so that to find a child is to compare a line of numbers with one, and to
//! count a place in or out is to add a line of noughts and ones. Neither has a branch to
//! be guessed, and a million places are three levels.

/// The places of a row; those in front of the last word that are free are gaps.
#[derive(Debug, Default)]
pub(crate) struct Gaps {
    words: Vec<u64>,
    /// A node for each [`GROUP`] of places; its children are blocks.
    groups: Vec<[i16; FAN]>,
    /// A node for each [`REGION`] of places; its children are groups.
    regions: Vec<[i32; FAN]>,
    /// The taken places of each region.
    totals: Vec<u32>,
    places: usize,
}

const WORD: usize = u64::BITS as usize;
/// The words of a block: half a line of the cache.
const WORDS: usize = 4;
const BLOCK: usize = WORDS * WORD;
/// The children of a node.
const FAN: usize = 32;
const GROUP: usize = FAN * BLOCK;
const REGION: usize = FAN * GROUP;

/// In row `child` a one for each child after it: what a place adds to the sums of its node.
static AFTER: [[i16; FAN]; FAN] = {
    let mut rows = [[0; FAN]; FAN];
    let mut at = 0;
    while at < FAN * FAN {
        rows[at / FAN][at % FAN] = (at % FAN > at / FAN) as i16;
        at += 1;
    }
    rows
};

static AFTER_WIDE: [[i32; FAN]; FAN] = {
    let mut rows = [[0; FAN]; FAN];
    let mut at = 0;
    while at < FAN * FAN {
        rows[at / FAN][at % FAN] = AFTER[at / FAN][at % FAN] as i32;
        at += 1;
    }
    rows
};

impl Gaps {
    /// So many places, all of them taken.
    pub(crate) fn fill(&mut self, places: usize) {
        self.words.clear();
        self.words.resize(places / WORD, u64::MAX);
        if !places.is_multiple_of(WORD) {
            self.words.push((1 << (places % WORD)) - 1);
        }
        self.groups.clear();
        self.groups.extend((0..places).step_by(GROUP).map(|first| {
            let taken = (places - first).min(GROUP);
            std::array::from_fn(|child| taken.min(child * BLOCK) as i16)
        }));
        self.regions.clear();
        self.regions.extend((0..places).step_by(REGION).map(|first| {
            let taken = (places - first).min(REGION);
            std::array::from_fn(|child| taken.min(child * GROUP) as i32)
        }));
        self.totals.clear();
        let totals = (0..places).step_by(REGION).map(|first| (places - first).min(REGION) as u32);
        self.totals.extend(totals);
        self.places = places;
    }

    /// One more place behind all others, taken.
    #[inline]
    pub(crate) fn push(&mut self) {
        let place = self.places;
        if place.is_multiple_of(WORD) {
            self.words.push(0);
            if place.is_multiple_of(GROUP) {
                self.groups.push([0; FAN]);
                if place.is_multiple_of(REGION) {
                    self.regions.push([0; FAN]);
                    self.totals.push(0);
                }
            }
        }
        self.words[place / WORD] |= 1 << (place % WORD);
        let after = &AFTER[place / BLOCK % FAN];
        self.groups[place / GROUP].iter_mut().zip(after).for_each(|(sum, one)| *sum += one);
        let after = &AFTER_WIDE[place / GROUP % FAN];
        self.regions[place / REGION].iter_mut().zip(after).for_each(|(sum, one)| *sum += one);
        self.totals[place / REGION] += 1;
        self.places += 1;
    }

    /// The place, which is taken, is free from now on.
    #[inline]
    pub(crate) fn free(&mut self, place: usize) {
        self.words[place / WORD] &= !(1 << (place % WORD));
        let after = &AFTER[place / BLOCK % FAN];
        self.groups[place / GROUP].iter_mut().zip(after).for_each(|(sum, one)| *sum -= one);
        let after = &AFTER_WIDE[place / GROUP % FAN];
        self.regions[place / REGION].iter_mut().zip(after).for_each(|(sum, one)| *sum -= one);
        self.totals[place / REGION] -= 1;
    }

    #[inline]
    pub(crate) fn is_taken(&self, place: usize) -> bool {
        self.words[place / WORD] >> (place % WORD) & 1 == 1
    }

    /// The place of number `index` among those that are taken.
    #[inline]
    pub(crate) fn place(&self, index: usize) -> usize {
        let mut rest = index as u32;
        let mut region = 0;
        while rest >= self.totals[region] {
            rest -= self.totals[region];
            region += 1;
        }
        // The last child with no more than `rest` before it: the one that has it.
        let node = &self.regions[region];
        let wide = rest as i32;
        let child = node.iter().map(|before| i32::from(*before <= wide)).sum::<i32>() as usize - 1;
        let rest = (wide - node[child]) as i16;
        let group = region * FAN + child;
        let node = &self.groups[group];
        let child = node.iter().map(|before| i16::from(*before <= rest)).sum::<i16>() as usize - 1;
        let mut rest = (rest - node[child]) as u32;
        let mut word = (group * FAN + child) * WORDS;
        loop {
            let taken = self.words[word].count_ones();
            if rest < taken {
                return word * WORD + nth_bit(self.words[word], rest);
            }
            rest -= taken;
            word += 1;
        }
    }

    /// How many places before this one are taken.
    #[inline]
    pub(crate) fn taken_before(&self, place: usize) -> usize {
        let (region, group, word) = (place / REGION, place / GROUP, place / WORD);
        let before: u32 = self.totals[..region].iter().sum();
        let before = before + self.regions[region][group % FAN] as u32;
        let before = before + self.groups[group][place / BLOCK % FAN] as u32;
        let whole = &self.words[word / WORDS * WORDS..word];
        let before = before + whole.iter().map(|word| word.count_ones()).sum::<u32>();
        let below = (1 << (place % WORD)) - 1;
        (before + (self.words[word] & below).count_ones()) as usize
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
            begin in prop_oneof![0..300usize, GROUP - 300..GROUP + 300],
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
            compare(&gaps, &model, 1)?;
            let taken: Vec<usize> = (0..places).filter(|place| gaps.is_taken(*place)).collect();
            prop_assert_eq!(taken, model);
        }
    }

    fn compare(gaps: &Gaps, model: &[usize], stride: usize) -> Result<(), TestCaseError> {
        for (index, place) in model.iter().enumerate().step_by(stride) {
            prop_assert_eq!(gaps.place(index), *place);
            prop_assert_eq!(gaps.taken_before(*place), index);
        }
        Ok(())
    }

    #[test]
    fn a_million_places_are_several_regions() {
        let (mut gaps, mut model) = (Gaps::default(), Vec::new());
        gaps.fill(REGION + 7);
        (REGION + 7..2 * REGION + 70_001).for_each(|_| gaps.push());
        for place in 0..2 * REGION + 70_001 {
            // Whole words, blocks and groups become empty.
            let goes = place % 7 == 3 || place / 3_000 % 5 == 2 || place / GROUP % 9 == 4;
            if goes { gaps.free(place) } else { model.push(place) }
        }
        compare(&gaps, &model, 97).unwrap();
        assert_eq!(gaps.place(model.len() - 1), model[model.len() - 1]);
    }
}
