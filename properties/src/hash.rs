//! Numbers that stand for texts, the same everywhere and for ever: seeds and the names of
//! files are made of them.

/// The 64-bit FNV-1a hash of a text that comes in pieces.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fnv(u64);

impl Fnv {
    pub(crate) const fn new() -> Fnv {
        Fnv(0xcbf2_9ce4_8422_2325)
    }

    pub(crate) fn add(&mut self, text: &str) {
        self.0 = text.bytes().fold(self.0, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
    }

    /// The hash, mixed so that any digits of it will do.
    pub(crate) fn mixed(self) -> u64 {
        mix(self.0)
    }
}

/// The 64-bit FNV-1a hash.
pub(crate) fn fnv1a(text: &str) -> u64 {
    let mut hash = Fnv::new();
    hash.add(text);
    hash.0
}

/// The same, mixed so that any digits of it will do.
pub(crate) fn mixed(text: &str) -> u64 {
    mix(fnv1a(text))
}

fn mix(word: u64) -> u64 {
    let word = (word ^ (word >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
    word ^ (word >> 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_the_published_one() {
        assert_eq!(fnv1a(""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a("a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(fnv1a("foobar"), 0x8594_4171_f739_67e8);
    }
}
