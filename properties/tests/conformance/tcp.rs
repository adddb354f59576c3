//! TCP while both ends are there.

crate::bodies! {
    async fn an_echo_comes_back() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = spawn(async move {
            let (mut stream, from) = listener.accept().await.unwrap();
            assert_eq!(stream.peer_addr().unwrap(), from);
            let question = read_all(&mut stream).await;
            stream.write_all(&question).await.unwrap();
            from
        });
        let mut client = TcpStream::connect(address).await.unwrap();
        assert_eq!(client.peer_addr().unwrap(), address);
        client.write_all(b"question").await.unwrap();
        client.shutdown().await.unwrap();
        assert_eq!(read_all(&mut client).await, b"question");
        assert_eq!(server.await.unwrap(), client.local_addr().unwrap());
    }

    async fn halves_close_one_after_the_other() {
        let (mut client, mut server) = connected().await;
        client.shutdown().await.unwrap();
        assert_eq!(read_all(&mut server).await, b"");
        server.write_all(b"answer").await.unwrap();
        server.shutdown().await.unwrap();
        assert_eq!(read_all(&mut client).await, b"answer");
        assert_eq!(kind(client.write(b"x").await), ErrorKind::BrokenPipe);
        assert_eq!(client.read(&mut [0]).await.unwrap(), 0);
    }

    async fn a_half_is_shut_twice() {
        let (mut client, mut server) = connected().await;
        client.shutdown().await.unwrap();
        client.shutdown().await.unwrap();
        assert_eq!(read_all(&mut server).await, b"");
        drop(server);
        assert_eq!(read_all(&mut client).await, b"");
        client.shutdown().await.unwrap();
    }

    async fn a_peek_leaves_what_it_shows() {
        let (mut client, mut server) = connected().await;
        client.write_all(b"seen").await.unwrap();
        let mut buffer = [0; 8];
        let count = server.peek(&mut buffer).await.unwrap();
        assert!(count > 0 && b"seen".starts_with(&buffer[..count]));
        assert!(server.peek(&mut buffer).await.unwrap() > 0);
        assert_eq!(read(&mut server, 4).await, b"seen");
        client.shutdown().await.unwrap();
        assert_eq!(server.peek(&mut buffer).await.unwrap(), 0);
        assert_eq!(server.read(&mut buffer).await.unwrap(), 0);
    }

    async fn nothing_to_read_would_block() {
        let (mut client, server) = connected().await;
        let mut buffer = [0; 8];
        assert_eq!(kind(server.try_read(&mut buffer)), ErrorKind::WouldBlock);
        client.write_all(b"x").await.unwrap();
        assert_eq!(when!(server.readable(), server.try_read(&mut buffer)).unwrap(), 1);
        assert_eq!(kind(server.try_read(&mut buffer)), ErrorKind::WouldBlock);
        client.shutdown().await.unwrap();
        assert_eq!(when!(server.readable(), server.try_read(&mut buffer)).unwrap(), 0);
        assert_eq!(server.try_read(&mut buffer).unwrap(), 0);
    }

    async fn nothing_takes_nothing() {
        let (mut client, mut server) = connected().await;
        assert_eq!(client.write(&[]).await.unwrap(), 0);
        client.write_all(b"x").await.unwrap();
        server.readable().await.unwrap();
        assert_eq!(server.read(&mut []).await.unwrap(), 0);
        assert_eq!(read(&mut server, 1).await, b"x");
        client.shutdown().await.unwrap();
        assert_eq!(kind(client.write(&[]).await), ErrorKind::BrokenPipe);
    }

    async fn slices_are_written_in_a_row() {
        let (mut client, mut server) = connected().await;
        let slices = [IoSlice::new(b"one"), IoSlice::new(b""), IoSlice::new(b"two")];
        let count = client.write_vectored(&slices).await.unwrap();
        drop(client);
        assert!(count > 0);
        assert_eq!(read_all(&mut server).await, b"onetwo"[..count]);
    }

    async fn a_writing_half_that_goes_shuts_its_way_only() {
        let (client, mut server) = connected().await;
        let (mut reading, mut writing) = client.into_split();
        writing.write_all(b"last").await.unwrap();
        drop(writing);
        assert_eq!(read_all(&mut server).await, b"last");
        server.write_all(b"answer").await.unwrap();
        drop(server);
        assert_eq!(read_all(&mut reading).await, b"answer");
    }

    async fn halves_come_together_again() {
        let (client, mut server) = connected().await;
        let (reading, writing) = client.into_split();
        let (others_reading, others_writing) = connected().await.0.into_split();
        assert!(reading.reunite(others_writing).is_err());
        assert!(others_reading.reunite(writing).is_err());
        assert_eq!(read_all(&mut server).await, b"");
        let (mut client, mut server) = connected().await;
        {
            let (mut reading, mut writing) = client.split();
            writing.write_all(b"x").await.unwrap();
            server.write_all(b"y").await.unwrap();
            assert_eq!(read(&mut reading, 1).await, b"y");
        }
        client.write_all(b"z").await.unwrap();
        assert_eq!(read(&mut server, 2).await, b"xz");
    }

    async fn a_writer_waits_for_a_reader() {
        let (client, mut server) = connected().await;
        let block = bytes(64 * 1024);
        let mut written = 0;
        // Until the kernel takes no more; it may make room once or twice.
        for _ in 0..3 {
            loop {
                match client.try_write(&block) {
                    Ok(count) => written += count,
                    Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                    Err(error) => panic!("{error}"),
                }
            }
        }
        assert!(written > 0);
        let reader = spawn(async move { read_all(&mut server).await.len() });
        written += when!(client.writable(), client.try_write(&block)).unwrap();
        drop(client);
        assert_eq!(reader.await.unwrap(), written);
    }

    async fn many_bytes_go_both_ways_at_once() {
        let (mut client, mut server) = connected().await;
        let echo = spawn(async move {
            let mut buffer = vec![0; 7_000];
            loop {
                match server.read(&mut buffer).await.unwrap() {
                    0 => return,
                    count => server.write_all(&buffer[..count]).await.unwrap(),
                }
            }
        });
        let sent = bytes(200_000);
        let (mut reading, mut writing) = client.split();
        let write = async {
            writing.write_all(&sent).await.unwrap();
            writing.shutdown().await.unwrap();
        };
        let ((), got) = futures::join!(write, read_all(&mut reading));
        assert!(got == sent);
        echo.await.unwrap();
    }

    async fn options_are_kept() {
        let (client, _server) = connected().await;
        client.set_nodelay(true).unwrap();
        assert!(client.nodelay().unwrap());
        client.set_nodelay(false).unwrap();
        assert!(!client.nodelay().unwrap());
        assert!(client.take_error().unwrap().is_none());
    }
}
