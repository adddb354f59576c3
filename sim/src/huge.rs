//! Asking the system for large pages.
//!
//! Of a table of many megabytes that is read at random nearly every access needs another
//! page of 4 KiB, and finding it costs as much as reading it. Where the system has large
//! pages for those who ask, this asks.

/// The size of a large page on the systems that are asked.
pub(crate) const PAGE: usize = 2 << 20;

/// The memory of a table, as long as it need not grow, is to lie in large pages.
pub(crate) fn ask_for_large_pages_of<T>(table: &Vec<T>) {
    ask_for_large_pages(table.as_ptr().addr(), table.capacity() * size_of::<T>());
}

/// Memory from `address` on is to lie in large pages, as far as it has whole ones.
#[cfg(target_os = "linux")]
pub(crate) fn ask_for_large_pages(address: usize, len: usize) {
    let first = address.next_multiple_of(PAGE);
    let end = (address + len) / PAGE * PAGE;
    if first < end {
        let pages = std::ptr::without_provenance_mut(first);
        // SAFETY: it changes nothing but how the memory is provided, for any range. That
        // there are no large pages is no loss, so nobody looks at the answer.
        unsafe { libc::madvise(pages, end - first, libc::MADV_HUGEPAGE) };
    }
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn ask_for_large_pages(_address: usize, _len: usize) {}
