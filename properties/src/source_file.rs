//! The code that a place in a run's trace stands in, as far as its file is there to be read.

use crate::callsite::on_disk;

/// Files with more bytes are left out.
const LARGEST: u64 = 4 << 20;

/// The lines of a file of somebody's code; none if it cannot be read.
pub(crate) fn lines(file: &str) -> Vec<String> {
    let path = on_disk(file);
    let is_fit =
        std::fs::metadata(&path).is_ok_and(|known| known.is_file() && known.len() <= LARGEST);
    let bytes = is_fit.then(|| std::fs::read(path).ok()).flatten().unwrap_or_default();
    String::from_utf8_lossy(&bytes).lines().map(str::to_owned).collect()
}
