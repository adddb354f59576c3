//! async-std 1.9.0: `write!` begins anew after a short write. Fixed in 1.10.0 (pull request 964).
#![cfg(test)]

use async_std::io::Cursor;
use async_std::io::prelude::WriteExt;
use reveille::io::with_faults;
use reveille::proptest::collection::vec;
use reveille::proptest::prelude::*;

/// A table of numbers is written.
#[reveille::test]
async fn what_is_formatted_is_written(#[strategy(vec(any::<u32>(), 0..24))] numbers: Vec<u32>) {
    let mut file = Cursor::new(Vec::new());
    let mut writer = with_faults(&mut file);
    let mut expected = String::new();
    for number in numbers {
        write!(writer, "{number}\n").await.unwrap();
        expected += &format!("{number}\n");
    }
    assert_eq!(String::from_utf8_lossy(file.get_ref()), expected);
}
