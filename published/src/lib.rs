//! Published crates, as they are, over the streams and sockets of `reveille`: see `tests/`.
