//! What is polled by hand, or tried, and not awaited.

crate::bodies! {
    async fn a_connection_is_polled_for_readiness() {
        let (mut client, server) = connected().await;
        poll_fn(|cx| client.poll_write_ready(cx)).await.unwrap();
        client.write_all(b"x").await.unwrap();
        poll_fn(|cx| server.poll_read_ready(cx)).await.unwrap();
        assert_eq!(when!(server.readable(), server.try_read(&mut [0; 8])).unwrap(), 1);
        drop(client);
        poll_fn(|cx| server.poll_read_ready(cx)).await.unwrap();
        assert_eq!(when!(server.readable(), server.try_read(&mut [0; 8])).unwrap(), 0);
    }

    async fn a_listener_is_polled() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        assert!(once(|cx| listener.poll_accept(cx)).await.is_pending());
        let client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (_server, from) = poll_fn(|cx| listener.poll_accept(cx)).await.unwrap();
        assert_eq!(from, client.local_addr().unwrap());
        assert!(once(|cx| listener.poll_accept(cx)).await.is_pending());
    }

    async fn a_listener_at_a_path_is_polled() {
        let directory = Directory::new();
        let listener = UnixListener::bind(directory.path("socket")).unwrap();
        assert!(once(|cx| listener.poll_accept(cx)).await.is_pending());
        let _client = UnixStream::connect(directory.path("socket")).await.unwrap();
        let (_server, from) = poll_fn(|cx| listener.poll_accept(cx)).await.unwrap();
        assert!(from.is_unnamed());
    }

    async fn many_wait_for_one_listener() {
        let listener = std::sync::Arc::new(TcpListener::bind("127.0.0.1:0").await.unwrap());
        let address = listener.local_addr().unwrap();
        let waiting: Vec<_> = (0..3).map(|_| {
            let listener = listener.clone();
            spawn(async move { listener.accept().await.unwrap().1 })
        }).collect();
        let mut clients = Vec::new();
        for _ in 0..3 {
            clients.push(TcpStream::connect(address).await.unwrap());
        }
        let mut came = Vec::new();
        for one in waiting {
            came.push(one.await.unwrap());
        }
        came.sort();
        let mut own: Vec<_> = clients.iter().map(|client| client.local_addr().unwrap()).collect();
        own.sort();
        assert_eq!(came, own);
    }

    async fn many_wait_for_one_stream() {
        let (mut client, server) = connected().await;
        let server = std::sync::Arc::new(server);
        let waiting: Vec<_> = (0..3).map(|_| {
            let server = server.clone();
            spawn(async move { server.readable().await.unwrap() })
        }).collect();
        yield_now().await;
        client.write_all(b"x").await.unwrap();
        for one in waiting {
            one.await.unwrap();
        }
    }

    async fn a_stream_is_ready_for_several_things() {
        let (mut client, server) = connected().await;
        let both = Interest::READABLE | Interest::WRITABLE;
        let ready = server.ready(both).await.unwrap();
        assert!(ready.is_writable() && !ready.is_read_closed() && !ready.is_write_closed());
        client.write_all(b"x").await.unwrap();
        while !server.ready(both).await.unwrap().is_readable() {
            yield_now().await;
        }
        client.shutdown().await.unwrap();
        while !server.ready(both).await.unwrap().is_read_closed() {
            yield_now().await;
        }
        let ready = server.ready(both).await.unwrap();
        assert!(ready.is_readable() && ready.is_writable() && !ready.is_write_closed());
    }

    async fn slices_are_tried() {
        let (client, mut server) = connected().await;
        client.writable().await.unwrap();
        let slices = [IoSlice::new(b"one"), IoSlice::new(b"two")];
        let count = when!(client.writable(), client.try_write_vectored(&slices)).unwrap();
        drop(client);
        assert_eq!(read_all(&mut server).await, b"onetwo"[..count]);
    }

    async fn datagrams_are_sent_and_received_by_hand() {
        let (one, other) = partners().await;
        assert_eq!(poll_fn(|cx| one.poll_send(cx, b"first")).await.unwrap(), 5);
        let to = other.local_addr().unwrap();
        assert_eq!(poll_fn(|cx| one.poll_send_to(cx, b"second", to)).await.unwrap(), 6);
        poll_fn(|cx| other.poll_recv_ready(cx)).await.unwrap();
        poll_fn(|cx| other.poll_send_ready(cx)).await.unwrap();
        let mut buffer = [0; 8];
        let seen = when!(other.readable(), other.try_peek_from(&mut buffer)).unwrap();
        assert_eq!(seen, (5, one.local_addr().unwrap()));
        assert_eq!(when!(other.readable(), other.try_recv_from(&mut buffer)).unwrap(), seen);
        assert_eq!(when!(other.readable(), other.try_recv(&mut buffer)).unwrap(), 6);
        assert_eq!(kind(other.try_peek_from(&mut buffer)), ErrorKind::WouldBlock);
        when!(one.writable(), one.try_send_to(b"third", to)).unwrap();
        assert_eq!(other.recv(&mut buffer).await.unwrap(), 5);
    }

    async fn a_half_that_is_forgotten_shuts_nothing() {
        let (client, mut server) = connected().await;
        let (mut reading, writing) = client.into_split();
        writing.forget();
        server.write_all(b"x").await.unwrap();
        assert_eq!(read(&mut reading, 1).await, b"x");
        assert_eq!(kind(server.try_read(&mut [0])), ErrorKind::WouldBlock);
        drop(reading);
        assert_eq!(server.read(&mut [0]).await.unwrap(), 0);
    }

    async fn halves_are_tried() {
        let (client, server) = connected().await;
        let (reading, writing): (tcp::OwnedReadHalf, tcp::OwnedWriteHalf) = client.into_split();
        assert_eq!(kind(reading.try_read(&mut [0])), ErrorKind::WouldBlock);
        assert_eq!(when!(writing.writable(), writing.try_write(b"x")).unwrap(), 1);
        assert_eq!(when!(server.readable(), server.try_read(&mut [0])).unwrap(), 1);
        assert_eq!(when!(server.writable(), server.try_write(b"y")).unwrap(), 1);
        assert_eq!(when!(reading.readable(), reading.try_read(&mut [0])).unwrap(), 1);
        assert_eq!(reading.local_addr().unwrap(), writing.local_addr().unwrap());
        assert_eq!(reading.peer_addr().unwrap(), server.local_addr().unwrap());
    }

    async fn a_reader_that_is_dropped_takes_nothing() {
        let (mut client, mut server) = connected().await;
        assert!(futures::poll!(std::pin::pin!(server.read(&mut [0; 8]))).is_pending());
        client.write_all(b"x").await.unwrap();
        assert_eq!(read(&mut server, 1).await, b"x");
    }

    async fn a_connect_that_is_dropped_is_none() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        drop(futures::poll!(std::pin::pin!(TcpStream::connect(address))));
        let mut client = TcpStream::connect(address).await.unwrap();
        client.write_all(b"x").await.unwrap();
        loop {
            let (mut server, from) = listener.accept().await.unwrap();
            if from == client.local_addr().unwrap() {
                assert_eq!(read(&mut server, 1).await, b"x");
                break;
            }
        }
    }
}
