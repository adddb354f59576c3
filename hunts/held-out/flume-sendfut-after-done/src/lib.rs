//! flume 0.9.1: a `SendSink` whose send is over is never ready again. Fixed in 0.9.2 (issue 55).
#![cfg(test)]

use reveille::laws;

#[test]
fn keeps_the_laws_of_sinks() {
    laws::sink(|beneath| {
        let (sender, receiver) = flume::bounded(1);
        drop(reveille::spawn_daemon(beneath.drain(receiver.into_stream())));
        sender.into_sink()
    })
    .check();
}
