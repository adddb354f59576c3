//! Time: what tokio's does while it is paused, ours always does.
//!
//! Whole milliseconds, which is as fine as tokio's timers are. Timers and wakes are not late
//! here, since those of a paused tokio never are.

use std::time::Duration;

const MS: Duration = Duration::from_millis(1);

/// Makes two tests of each body.
macro_rules! bodies {
    ($($(#[$doc:meta])* async fn $name:ident() { $($body:tt)* })*) => {
        mod fake {
            #[allow(unused_imports, reason = "not every body needs them all")]
            use {crate::fake::{spawn, time::*, yield_now}, super::{*, MS}};
            $($(#[$doc])* #[reveille::test(runs = 300, without(late_timer, delayed_wake))] async fn $name() { $($body)* })*
        }

        mod kernel {
            #[allow(unused_imports, reason = "not every body needs them all")]
            use {crate::kernel::{spawn, time::*, yield_now}, super::{*, MS}};
            $($(#[$doc])* #[tokio::test(start_paused = true)] async fn $name() { $($body)* })*
        }
    };
}

/// The times since `begin`, in milliseconds, of so many ticks.
macro_rules! ticks {
    ($ticks:expr, $begin:expr, $count:literal) => {{
        let mut told = [0; $count];
        for told in &mut told {
            let meant = $ticks.tick().await;
            *told = (meant - $begin).as_millis();
        }
        told
    }};
}

bodies! {
    async fn a_sleep_is_as_long_as_it_says() {
        let begin = Instant::now();
        sleep(5 * MS).await;
        assert_eq!(begin.elapsed(), 5 * MS);
        sleep_until(begin + 7 * MS).await;
        assert_eq!(begin.elapsed(), 7 * MS);
        sleep_until(begin).await;
        sleep(Duration::ZERO).await;
        assert_eq!(begin.elapsed(), 7 * MS);
    }

    async fn sleepers_wake_in_the_order_of_their_deadlines() {
        let begin = Instant::now();
        let sleepers = [30, 10, 20].map(|by| spawn(async move {
            sleep(by * MS).await;
            begin.elapsed()
        }));
        for (sleeper, by) in sleepers.into_iter().zip([30, 10, 20]) {
            assert_eq!(sleeper.await.unwrap(), by * MS);
        }
        assert_eq!(begin.elapsed(), 30 * MS);
    }

    async fn a_sleep_is_set_to_another_deadline() {
        let begin = Instant::now();
        let mut nap = std::pin::pin!(sleep(Duration::from_secs(1)));
        assert_eq!((nap.deadline() - begin, nap.is_elapsed()), (Duration::from_secs(1), false));
        assert!(timeout(MS, nap.as_mut()).await.is_err());
        nap.as_mut().reset(begin + 5 * MS);
        nap.as_mut().await;
        assert_eq!((begin.elapsed(), nap.is_elapsed()), (5 * MS, true));
        nap.as_mut().reset(begin + 8 * MS);
        assert!(!nap.is_elapsed());
        nap.as_mut().await;
        assert_eq!(begin.elapsed(), 8 * MS);
        // Once it is over it stays so.
        nap.await;
    }

    async fn what_is_ready_is_in_time() {
        let begin = Instant::now();
        assert_eq!(timeout(Duration::ZERO, async { 7 }).await.unwrap(), 7);
        assert!(timeout(Duration::ZERO, std::future::pending::<()>()).await.is_err());
        assert_eq!(begin.elapsed(), Duration::ZERO);
        assert!(timeout(3 * MS, sleep(4 * MS)).await.is_err());
        assert_eq!(begin.elapsed(), 3 * MS);
        assert!(timeout_at(begin + 9 * MS, sleep(4 * MS)).await.is_ok());
        assert_eq!(begin.elapsed(), 7 * MS);
        // Both come at the same moment: the future counts.
        assert!(timeout(3 * MS, sleep(3 * MS)).await.is_ok());
        assert!(timeout_at(begin, sleep(MS)).await.is_err());
    }

    async fn what_is_out_of_time_says_so() {
        let error = timeout(MS, std::future::pending::<()>()).await.unwrap_err();
        assert_eq!(error.to_string(), "deadline has elapsed");
        let error: std::io::Error = error.into();
        assert_eq!(error.kind(), std::io::ErrorKind::TimedOut);
        #[allow(unused_qualifications, reason = "tokio has it there only")]
        let _: error::Elapsed = timeout(MS, std::future::pending::<()>()).await.unwrap_err();
    }

    async fn an_interval_ticks_at_once_and_then_by_its_period() {
        let begin = Instant::now();
        let mut at_once = interval(10 * MS);
        assert_eq!(ticks!(at_once, begin, 3), [0, 10, 20]);
        assert_eq!((begin.elapsed(), at_once.period()), (20 * MS, 10 * MS));
        let mut later = interval_at(begin + 25 * MS, 10 * MS);
        assert_eq!(ticks!(later, begin, 3), [25, 35, 45]);
        let mut before = interval_at(begin + 21 * MS, 10 * MS);
        assert_eq!(ticks!(before, begin, 4), [21, 31, 41, 51]);
        assert_eq!(begin.elapsed(), 51 * MS);
    }

    async fn missed_ticks_come_in_a_burst() {
        let begin = Instant::now();
        let mut late = interval(10 * MS);
        assert_eq!(late.missed_tick_behavior(), MissedTickBehavior::Burst);
        assert_eq!(ticks!(late, begin, 1), [0]);
        sleep(34 * MS).await;
        assert_eq!(ticks!(late, begin, 4), [10, 20, 30, 40]);
        assert_eq!(begin.elapsed(), 40 * MS);
    }

    async fn missed_ticks_delay_the_others() {
        let begin = Instant::now();
        let mut late = interval(10 * MS);
        late.set_missed_tick_behavior(MissedTickBehavior::Delay);
        assert_eq!(ticks!(late, begin, 1), [0]);
        sleep(34 * MS).await;
        assert_eq!(ticks!(late, begin, 3), [10, 44, 54]);
        // A tick that is late by five milliseconds is not missed.
        sleep(15 * MS).await;
        assert_eq!(ticks!(late, begin, 2), [64, 74]);
        sleep(16 * MS).await;
        assert_eq!(ticks!(late, begin, 2), [84, 100]);
    }

    async fn missed_ticks_are_skipped() {
        let begin = Instant::now();
        let mut late = interval(10 * MS);
        late.set_missed_tick_behavior(MissedTickBehavior::Skip);
        assert_eq!(ticks!(late, begin, 1), [0]);
        sleep(34 * MS).await;
        assert_eq!(ticks!(late, begin, 3), [10, 40, 50]);
        sleep(30 * MS).await;
        assert_eq!(ticks!(late, begin, 2), [60, 90]);
    }

    async fn an_interval_is_reset() {
        let begin = Instant::now();
        let mut ticks = interval(10 * MS);
        assert_eq!(ticks!(ticks, begin, 1), [0]);
        sleep(3 * MS).await;
        ticks.reset();
        assert_eq!(ticks!(ticks, begin, 2), [13, 23]);
        ticks.reset_immediately();
        assert_eq!(ticks!(ticks, begin, 2), [23, 33]);
        ticks.reset_after(4 * MS);
        assert_eq!(ticks!(ticks, begin, 2), [37, 47]);
        ticks.reset_at(begin + 50 * MS);
        assert_eq!(ticks!(ticks, begin, 2), [50, 60]);
    }

    async fn a_tick_that_is_dropped_comes_again() {
        let begin = Instant::now();
        let mut ticks = interval(10 * MS);
        assert_eq!(ticks!(ticks, begin, 1), [0]);
        assert!(timeout(4 * MS, ticks.tick()).await.is_err());
        assert_eq!(ticks!(ticks, begin, 2), [10, 20]);
    }

    #[should_panic = "`period` must be non-zero"]
    async fn a_period_of_nothing_is_none() {
        let _ = interval(Duration::ZERO);
    }

    async fn moments_are_told_apart() {
        let begin = Instant::now();
        let end = begin + 5 * MS;
        assert!(begin < end);
        assert_eq!((end - begin, end - 5 * MS), (5 * MS, begin));
        assert_eq!((begin - end, begin.duration_since(end)), (Duration::ZERO, Duration::ZERO));
        assert_eq!(begin.saturating_duration_since(end), Duration::ZERO);
        assert_eq!((begin.checked_duration_since(end), end.checked_duration_since(begin)), (None, Some(5 * MS)));
        assert_eq!((begin.checked_add(5 * MS), end.checked_sub(5 * MS)), (Some(end), Some(begin)));
        assert_eq!((begin.checked_add(Duration::MAX), begin.checked_sub(Duration::MAX)), (None, None));
        let mut moved = begin;
        moved += 5 * MS;
        assert_eq!(moved, end);
        moved -= 5 * MS;
        assert_eq!(moved, begin);
        assert_eq!(Instant::from_std(end.into_std()) - Instant::from_std(begin.into_std()), 5 * MS);
    }

    async fn what_is_never_due_never_comes() {
        let begin = Instant::now();
        assert!(timeout(Duration::from_secs(3600), sleep(Duration::MAX)).await.is_err());
        assert_eq!(begin.elapsed(), Duration::from_secs(3600));
        assert_eq!(timeout(Duration::MAX, async { sleep(MS).await; 7 }).await.unwrap(), 7);
    }

    async fn time_is_moved_by_hand() {
        let begin = Instant::now();
        let sleepers = [5, 10].map(|by| spawn(async move {
            sleep_until(begin + by * MS).await;
            begin.elapsed()
        }));
        yield_now().await;
        advance(20 * MS).await;
        assert_eq!(begin.elapsed(), 20 * MS);
        for sleeper in sleepers {
            assert_eq!(sleeper.await.unwrap(), 20 * MS);
        }
        assert_eq!(begin.elapsed(), 20 * MS);
    }

    #[should_panic = "overflow when adding duration to instant"]
    async fn time_has_an_end() {
        advance(Duration::MAX).await;
    }
}
