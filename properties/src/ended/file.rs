//! A file, written by system calls alone: whole or not at all.

use crate::interpose::quietly;
use std::ffi::c_char;

/// Longer paths are refused.
const LONGEST: usize = 4096;

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Written {
    New,
    /// There is a file of that name, and it stays as it is.
    Known,
}

/// A path that ends in a zero byte.
struct Path {
    bytes: [u8; LONGEST],
    length: usize,
}

impl Path {
    fn of(parts: &[&[u8]]) -> Option<Path> {
        let mut path = Path { bytes: [0; LONGEST], length: 0 };
        for part in parts {
            let end = path.length + part.len();
            if end >= LONGEST || part.contains(&0) {
                return None;
            }
            path.bytes[path.length..end].copy_from_slice(part);
            path.length = end;
        }
        Some(path)
    }

    fn as_ptr(&self) -> *const c_char {
        self.bytes.as_ptr().cast()
    }

    /// Makes the directory, and those around it.
    fn make_directories(&mut self) {
        for at in 1..=self.length {
            if at == self.length || self.bytes[at] == b'/' {
                let byte = std::mem::replace(&mut self.bytes[at], 0);
                // SAFETY: the path ends in a zero byte. If it fails, so does what follows.
                unsafe { libc::mkdir(self.as_ptr(), 0o777) };
                self.bytes[at] = byte;
            }
        }
    }
}

/// Writes the file `name` into `directory`, which is made; none if that fails.
pub(super) fn write_whole(directory: &[u8], name: &[u8], bytes: &[u8]) -> Option<Written> {
    quietly(|| write(directory, name, bytes))
}

fn write(directory: &[u8], name: &[u8], bytes: &[u8]) -> Option<Written> {
    Path::of(&[directory])?.make_directories();
    let path = Path::of(&[directory, b"/", name])?;
    // SAFETY: the path ends in a zero byte, here and below.
    if unsafe { libc::access(path.as_ptr(), libc::F_OK) } == 0 {
        return Some(Written::Known);
    }
    // SAFETY: it has no preconditions.
    let process = digits(unsafe { libc::getpid() }.unsigned_abs());
    let stem = name.strip_suffix(b".tape").unwrap_or(name);
    let draft = Path::of(&[directory, b"/", stem, b".", &process, b"-ended.draft"])?;
    let flags = libc::O_WRONLY | libc::O_CREAT | libc::O_TRUNC | libc::O_CLOEXEC;
    // SAFETY: as above; the mode is there, which `O_CREAT` asks for.
    let file = unsafe { libc::open(draft.as_ptr(), flags, 0o666) };
    if file < 0 {
        return None;
    }
    let is_whole = write_all(file, bytes);
    // SAFETY: the descriptor was opened above and is closed once; the paths end in a zero
    // byte.
    unsafe {
        let is_kept = libc::fsync(file) == 0;
        libc::close(file);
        if is_whole && is_kept && libc::rename(draft.as_ptr(), path.as_ptr()) == 0 {
            return Some(Written::New);
        }
        libc::unlink(draft.as_ptr());
    }
    None
}

/// Writes all of it, past every buffer and capture.
pub(super) fn write_all(file: libc::c_int, mut bytes: &[u8]) -> bool {
    while !bytes.is_empty() {
        // SAFETY: the bytes are valid for their length.
        let count = unsafe { libc::write(file, bytes.as_ptr().cast(), bytes.len()) };
        match usize::try_from(count) {
            Ok(0) => return false,
            Ok(count) => bytes = &bytes[count.min(bytes.len())..],
            Err(_) if std::io::Error::last_os_error().raw_os_error() == Some(libc::EINTR) => {}
            Err(_) => return false,
        }
    }
    true
}

fn digits(mut number: u32) -> [u8; 10] {
    let mut digits = [b'0'; 10];
    for digit in digits.iter_mut().rev() {
        *digit += (number % 10) as u8;
        number /= 10;
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::ffi::OsStrExt;

    #[test]
    fn directories_are_made_and_no_file_is_written_over() {
        let root = std::env::temp_dir().join(format!("reveille-ended-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&root);
        let directory = root.join("corpus/a.b");
        let write =
            |bytes: &[u8]| write_whole(directory.as_os_str().as_bytes(), b"0123.tape", bytes);
        assert_eq!(write(b"first"), Some(Written::New));
        assert_eq!(write(b"second"), Some(Written::Known));
        assert_eq!(std::fs::read(directory.join("0123.tape")).unwrap(), b"first");
        // No draft is left behind.
        assert_eq!(std::fs::read_dir(&directory).unwrap().count(), 1);
        std::fs::remove_dir_all(&root).unwrap();
    }

    #[test]
    fn what_cannot_be_written_is_no_file() {
        assert_eq!(write_whole(b"/dev/null/no", b"0123.tape", b"text"), None);
        assert_eq!(write_whole(&[b'a'; 5000], b"0123.tape", b"text"), None);
        assert_eq!(write_whole(b"a\0b", b"0123.tape", b"text"), None);
    }
}
