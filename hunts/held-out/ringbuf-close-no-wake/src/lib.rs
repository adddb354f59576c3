//! futures_ringbuf 0.1.6: an end that is closed or dropped does not wake who reads from the other.
//! Fixed in 0.1.7 (commits 0033974 and 8c1d992).
#![cfg(test)]

use futures_ringbuf::Endpoint;
use reveille::laws;

#[test]
fn keeps_the_laws_of_async_write() {
    laws::async_write(|sink| {
        let (near, far) = Endpoint::pair(4, 4);
        reveille::spawn_daemon(sink.drain(far));
        near
    })
    .check();
}
