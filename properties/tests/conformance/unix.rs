//! Unix streams.

crate::bodies! {
    async fn an_echo_comes_back() {
        let directory = Directory::new();
        let path = directory.path("socket");
        let listener = UnixListener::bind(&path).unwrap();
        let server = spawn(async move {
            let (mut stream, from) = listener.accept().await.unwrap();
            assert!(from.is_unnamed());
            let question = read_all(&mut stream).await;
            stream.write_all(&question).await.unwrap();
        });
        let mut client = UnixStream::connect(&path).await.unwrap();
        assert_eq!(client.peer_addr().unwrap().as_pathname(), Some(&*path));
        assert!(client.local_addr().unwrap().is_unnamed());
        client.write_all(b"question").await.unwrap();
        client.shutdown().await.unwrap();
        assert_eq!(read_all(&mut client).await, b"question");
        server.await.unwrap();
    }

    async fn a_path_is_taken_once_and_stays() {
        let directory = Directory::new();
        let path = directory.path("socket");
        assert_eq!(kind(UnixStream::connect(&path).await), ErrorKind::NotFound);
        let listener = UnixListener::bind(&path).unwrap();
        assert_eq!(kind(UnixListener::bind(&path)), ErrorKind::AddrInUse);
        assert_eq!(listener.local_addr().unwrap().as_pathname(), Some(&*path));
        drop(listener);
        assert_eq!(kind(UnixStream::connect(&path).await), ErrorKind::ConnectionRefused);
        assert_eq!(kind(UnixListener::bind(&path)), ErrorKind::AddrInUse);
        remove_path(&path).unwrap();
        assert_eq!(kind(remove_path(&path)), ErrorKind::NotFound);
        UnixListener::bind(&path).unwrap();
    }

    async fn a_path_that_is_removed_ends_nothing() {
        let directory = Directory::new();
        let path = directory.path("socket");
        let listener = UnixListener::bind(&path).unwrap();
        let mut client = UnixStream::connect(&path).await.unwrap();
        remove_path(&path).unwrap();
        assert_eq!(kind(UnixStream::connect(&path).await), ErrorKind::NotFound);
        let (mut server, _) = listener.accept().await.unwrap();
        client.write_all(b"x").await.unwrap();
        assert_eq!(read(&mut server, 1).await, b"x");
        let _other = UnixListener::bind(&path).unwrap();
    }

    async fn a_client_is_accepted_after_it_has_gone() {
        let directory = Directory::new();
        let path = directory.path("socket");
        let listener = UnixListener::bind(&path).unwrap();
        let mut client = UnixStream::connect(&path).await.unwrap();
        client.write_all(b"last words").await.unwrap();
        drop(client);
        let (mut server, _) = listener.accept().await.unwrap();
        assert_eq!(read_all(&mut server).await, b"last words");
    }

    async fn a_listener_that_goes_resets_who_waits() {
        let directory = Directory::new();
        let path = directory.path("socket");
        let listener = UnixListener::bind(&path).unwrap();
        let mut client = UnixStream::connect(&path).await.unwrap();
        drop(listener);
        assert_eq!(fails_to_read(&mut client).await, ErrorKind::ConnectionReset);
        assert_eq!(client.read(&mut [0]).await.unwrap(), 0);
    }

    async fn ends_of_a_pair_have_no_names() {
        let (one, other) = UnixStream::pair().unwrap();
        assert!(one.local_addr().unwrap().is_unnamed());
        assert!(other.peer_addr().unwrap().is_unnamed());
    }

    async fn halves_close_one_after_the_other() {
        let (mut one, mut other) = UnixStream::pair().unwrap();
        one.shutdown().await.unwrap();
        one.shutdown().await.unwrap();
        assert_eq!(read_all(&mut other).await, b"");
        other.write_all(b"answer").await.unwrap();
        other.shutdown().await.unwrap();
        assert_eq!(read_all(&mut one).await, b"answer");
        assert_eq!(kind(one.write(b"x").await), ErrorKind::BrokenPipe);
        assert_eq!(kind(one.write(&[]).await), ErrorKind::BrokenPipe);
    }

    async fn a_writer_learns_at_once_that_nobody_reads() {
        let (mut one, other) = UnixStream::pair().unwrap();
        drop(other);
        assert_eq!(kind(one.write(b"x").await), ErrorKind::BrokenPipe);
        assert_eq!(one.read(&mut [0]).await.unwrap(), 0);
        one.shutdown().await.unwrap();
    }

    async fn who_leaves_bytes_unread_resets() {
        let (mut one, mut other) = UnixStream::pair().unwrap();
        other.write_all(b"first").await.unwrap();
        one.write_all(b"unread").await.unwrap();
        drop(other);
        assert_eq!(kind(one.write(b"x").await), ErrorKind::BrokenPipe);
        assert_eq!(read(&mut one, 5).await, b"first");
        assert_eq!(fails_to_read(&mut one).await, ErrorKind::ConnectionReset);
        assert_eq!(one.read(&mut [0]).await.unwrap(), 0);
    }

    async fn nothing_to_read_would_block() {
        let (mut one, other) = UnixStream::pair().unwrap();
        let mut buffer = [0; 8];
        assert_eq!(kind(other.try_read(&mut buffer)), ErrorKind::WouldBlock);
        one.write_all(b"x").await.unwrap();
        assert_eq!(when!(other.readable(), other.try_read(&mut buffer)).unwrap(), 1);
        drop(one);
        assert_eq!(when!(other.readable(), other.try_read(&mut buffer)).unwrap(), 0);
    }

    async fn slices_are_written_in_a_row() {
        let (mut one, mut other) = UnixStream::pair().unwrap();
        let slices = [IoSlice::new(b"one"), IoSlice::new(b""), IoSlice::new(b"two")];
        let count = one.write_vectored(&slices).await.unwrap();
        drop(one);
        assert_eq!(read_all(&mut other).await, b"onetwo"[..count]);
    }

    async fn a_writing_half_that_goes_shuts_its_way_only() {
        let (one, mut other) = UnixStream::pair().unwrap();
        let (mut reading, writing) = one.into_split();
        drop(writing);
        assert_eq!(read_all(&mut other).await, b"");
        other.write_all(b"answer").await.unwrap();
        drop(other);
        assert_eq!(read_all(&mut reading).await, b"answer");
    }

    async fn a_writer_waits_for_a_reader() {
        let (one, mut other) = UnixStream::pair().unwrap();
        let block = bytes(16 * 1024);
        let mut written = 0;
        while let Ok(count) = one.try_write(&block) {
            written += count;
        }
        assert!(written > 0);
        let reader = spawn(async move { read_all(&mut other).await.len() });
        written += when!(one.writable(), one.try_write(&block)).unwrap();
        drop(one);
        assert_eq!(reader.await.unwrap(), written);
    }

    async fn a_path_has_a_greatest_length() {
        let directory = Directory::new();
        let path = directory.path(&"x".repeat(200));
        assert_eq!(kind(UnixListener::bind(&path)), ErrorKind::InvalidInput);
        assert_eq!(kind(UnixStream::connect(&path).await), ErrorKind::InvalidInput);
        let path = directory.path("a\0b");
        assert_eq!(kind(UnixListener::bind(&path)), ErrorKind::InvalidInput);
    }

    async fn the_end_is_seen_before_it_is_read() {
        let (one, other) = UnixStream::pair().unwrap();
        drop(other);
        loop {
            let ready = one.ready(Interest::READABLE | Interest::WRITABLE).await.unwrap();
            if ready.is_read_closed() && ready.is_write_closed() {
                break;
            }
            yield_now().await;
        }
        assert_eq!(one.try_read(&mut [0]).unwrap(), 0);
    }

    async fn an_end_that_is_gone_has_an_address() {
        let directory = Directory::new();
        let path = directory.path("socket");
        let listener = UnixListener::bind(&path).unwrap();
        let client = UnixStream::connect(&path).await.unwrap();
        drop(listener.accept().await.unwrap());
        assert_eq!(client.peer_addr().unwrap().as_pathname(), Some(&*path));
    }

    async fn halves_come_together_again() {
        let (one, mut other) = UnixStream::pair().unwrap();
        let (reading, writing) = one.into_split();
        let mut one = reading.reunite(writing).unwrap();
        one.write_all(b"x").await.unwrap();
        assert_eq!(read(&mut other, 1).await, b"x");
    }

    async fn nothing_takes_nothing() {
        let (mut one, mut other) = UnixStream::pair().unwrap();
        assert_eq!(one.write(&[]).await.unwrap(), 0);
        one.write_all(b"x").await.unwrap();
        other.readable().await.unwrap();
        assert_eq!(other.read(&mut []).await.unwrap(), 0);
        assert_eq!(read(&mut other, 1).await, b"x");
    }
}
