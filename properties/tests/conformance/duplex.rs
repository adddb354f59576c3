//! `duplex`, as tokio has it.

crate::bodies! {
    async fn bytes_go_both_ways() {
        let (mut one, mut other) = duplex(64);
        one.write_all(b"question").await.unwrap();
        assert_eq!(read(&mut other, 8).await, b"question");
        other.write_all(b"answer").await.unwrap();
        assert_eq!(read(&mut one, 6).await, b"answer");
    }

    async fn what_was_written_outlives_the_writer() {
        let (mut one, mut other) = duplex(64);
        one.write_all(b"last words").await.unwrap();
        drop(one);
        assert_eq!(kind(other.write(b"x").await), ErrorKind::BrokenPipe);
        assert_eq!(read_all(&mut other).await, b"last words");
        assert_eq!(other.read(&mut [0]).await.unwrap(), 0);
    }

    async fn a_half_is_shut_and_the_other_goes_on() {
        let (mut one, mut other) = duplex(64);
        one.write_all(b"all").await.unwrap();
        one.shutdown().await.unwrap();
        one.shutdown().await.unwrap();
        assert_eq!(kind(one.write(b"x").await), ErrorKind::BrokenPipe);
        assert_eq!(read_all(&mut other).await, b"all");
        other.write_all(b"answer").await.unwrap();
        assert_eq!(read(&mut one, 6).await, b"answer");
    }

    async fn a_writer_waits_for_a_reader() {
        let (mut one, mut other) = duplex(8);
        let sent = bytes(1_000);
        let expected = sent.clone();
        let writer = spawn(async move {
            one.write_all(&sent).await.unwrap();
        });
        assert_eq!(read_all(&mut other).await, expected);
        writer.await.unwrap();
    }

    async fn no_more_is_taken_than_there_is_room_for() {
        let (mut one, mut other) = duplex(4);
        let count = one.write(b"123456").await.unwrap();
        assert!((1..=4).contains(&count));
        assert_eq!(read(&mut other, count).await, b"123456"[..count]);
    }

    async fn a_waiting_writer_is_told_that_nobody_reads() {
        let (mut one, other) = duplex(1);
        one.write_all(b"x").await.unwrap();
        let writer = spawn(async move { kind(one.write(b"y").await) });
        yield_now().await;
        drop(other);
        assert_eq!(writer.await.unwrap(), ErrorKind::BrokenPipe);
    }

    async fn a_waiting_reader_sees_the_end() {
        let (one, mut other) = duplex(1);
        let reader = spawn(async move { read_all(&mut other).await });
        yield_now().await;
        drop(one);
        assert_eq!(reader.await.unwrap(), b"");
    }

    async fn slices_are_written_in_a_row() {
        let (mut one, mut other) = duplex(64);
        let slices = [IoSlice::new(b"one"), IoSlice::new(b""), IoSlice::new(b"two")];
        let count = one.write_vectored(&slices).await.unwrap();
        drop(one);
        assert_eq!(read_all(&mut other).await, b"onetwo"[..count]);
    }

    async fn nothing_takes_nothing() {
        let (mut one, mut other) = duplex(64);
        assert_eq!(one.write(&[]).await.unwrap(), 0);
        one.write_all(b"x").await.unwrap();
        assert_eq!(other.read(&mut []).await.unwrap(), 0);
        assert_eq!(read(&mut other, 1).await, b"x");
    }
}
