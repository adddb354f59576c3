//! tokio-stream 0.1.18: `map_while` polls its stream again after the end. Fixed in 0.1.19 (tokio
//! pull request 8233).
#![cfg(test)]

use reveille::laws;
use tokio_stream::StreamExt;

#[test]
fn keeps_the_laws_of_fused_streams() {
    laws::fused_stream(|source| source.map_while(Some)).check();
}
