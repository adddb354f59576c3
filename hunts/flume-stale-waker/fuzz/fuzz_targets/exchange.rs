//! The program of the hunt in the hands of libFuzzer, under the name of its test.
#![no_main]

reveille::fuzz!(
    reveille::Checker::new().name("flume_stale_waker::everything_sent_is_received"),
    flume_stale_waker::exchange
);
