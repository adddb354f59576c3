//! The executable, as the loader has laid it out.

use libc::{c_int, c_void, dl_phdr_info, size_t};

#[cfg(target_pointer_width = "64")]
type Header = libc::Elf64_Phdr;
#[cfg(target_pointer_width = "32")]
type Header = libc::Elf32_Phdr;

/// Whoever looks at an object that is loaded, and at its segments.
type See<'a> = &'a mut dyn FnMut(&dl_phdr_info, &[Header]);

/// What `f` makes of the executable and its segments.
pub(super) fn read<R>(f: impl FnOnce(&dl_phdr_info, &[Header]) -> R) -> Option<R> {
    let (mut f, mut made) = (Some(f), None);
    let mut see = |info: &dl_phdr_info, headers: &[Header]| {
        made = f.take().map(|f| f(info, headers));
    };
    let mut see: See<'_> = &mut see;
    // SAFETY: `look` is such a function, and gets who is to see.
    unsafe { libc::dl_iterate_phdr(Some(look), (&raw mut see).cast()) };
    made
}

/// Shows the first object that is loaded, which is the executable.
unsafe extern "C" fn look(info: *mut dl_phdr_info, _: size_t, see: *mut c_void) -> c_int {
    // SAFETY: the loader gives an object that lives during the call, `see` is that of `read`.
    unsafe {
        let info = &*info;
        let headers = std::slice::from_raw_parts(info.dlpi_phdr, info.dlpi_phnum.into());
        (*see.cast::<See<'_>>())(info, headers);
    }
    // The first one is enough.
    1
}
