use suites_sources::Tests;

/// Files that need sockets, files, processes or signals, which this tokio is built without.
const OF_THE_MACHINE: [&str; 17] = [
    "io_async_fd",
    "io_buf_writer",
    "io_copy_bidirectional",
    "io_driver",
    "io_driver_drop",
    "io_fill_buf",
    "io_panic",
    "io_poll_aio",
    "rt_blocking_thread_exhaust",
    "rt_busy_tick",
    "rt_common",
    "rt_handle_block_on",
    "rt_shutdown_err",
    "rt_threaded",
    "rt_unstable_eager_driver_handoff",
    "task_trace_self",
    "time_pause",
];

fn main() {
    let is_wanted = |file: &str| {
        let of = ["io_", "macros_", "rt_", "sync_", "task_", "time_"];
        of.iter().any(|of| file.starts_with(of)) && !OF_THE_MACHINE.contains(&file)
    };
    Tests::of("tokio").only(is_wanted).alone("task_blocking").write();
}
