//! TCP where it begins and where it ends.

crate::bodies! {
    async fn nobody_listens() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        assert_eq!(kind(TcpStream::connect(address).await), ErrorKind::ConnectionRefused);
    }

    async fn an_address_is_taken_once() {
        let first = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = first.local_addr().unwrap();
        assert_eq!(kind(TcpListener::bind(address).await), ErrorKind::AddrInUse);
        drop(first);
        TcpListener::bind(address).await.unwrap();
    }

    async fn a_port_is_chosen() {
        let one = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        assert_ne!(one.port(), 0);
        assert_ne!(listener.local_addr().unwrap().port(), 0);
        let foreign = TcpListener::bind("192.0.2.1:0").await;
        assert_eq!(kind(foreign), ErrorKind::AddrNotAvailable);
    }

    async fn clients_need_not_wait_for_accept() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut clients = Vec::new();
        for number in 0..3 {
            let mut client = TcpStream::connect(address).await.unwrap();
            client.write_all(&[number]).await.unwrap();
            clients.push(client);
        }
        for (number, client) in clients.iter().enumerate() {
            let (mut server, from) = listener.accept().await.unwrap();
            assert_eq!(from, client.local_addr().unwrap());
            assert_eq!(read(&mut server, 1).await, [number as u8]);
        }
    }

    async fn a_client_is_accepted_after_it_has_gone() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        client.write_all(b"last words").await.unwrap();
        drop(client);
        let (mut server, _) = listener.accept().await.unwrap();
        assert_eq!(read_all(&mut server).await, b"last words");
    }

    async fn a_client_is_accepted_after_it_has_reset() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let address = client.local_addr().unwrap();
        client.set_zero_linger().unwrap();
        drop(client);
        let (mut server, from) = listener.accept().await.unwrap();
        assert_eq!(from, address);
        assert_eq!(fails_to_read(&mut server).await, ErrorKind::ConnectionReset);
    }

    async fn a_listener_that_goes_resets_who_waits() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        drop(listener);
        assert_eq!(fails_to_read(&mut client).await, ErrorKind::ConnectionReset);
    }

    async fn a_listener_that_goes_leaves_what_it_accepted() {
        let (mut client, mut server) = connected().await;
        client.write_all(b"x").await.unwrap();
        assert_eq!(read(&mut server, 1).await, b"x");
    }

    /// The first write is answered by a reset, those after it fail.
    async fn who_writes_to_nobody_is_told() {
        let (mut client, server) = connected().await;
        drop(server);
        assert_eq!(client.read(&mut [0]).await.unwrap(), 0);
        assert_eq!(client.write(b"x").await.unwrap(), 1);
        assert_eq!(write_until_it_breaks(&mut client).await, ErrorKind::BrokenPipe);
        assert_eq!(kind(client.write(b"x").await), ErrorKind::BrokenPipe);
        assert_eq!(client.read(&mut [0]).await.unwrap(), 0);
    }

    async fn who_leaves_bytes_unread_resets() {
        let (mut client, server) = connected().await;
        client.write_all(b"unread").await.unwrap();
        server.readable().await.unwrap();
        drop(server);
        assert_eq!(fails_to_read(&mut client).await, ErrorKind::ConnectionReset);
        assert_eq!(client.read(&mut [0]).await.unwrap(), 0);
        assert_eq!(kind(client.write(b"x").await), ErrorKind::BrokenPipe);
        assert_eq!(kind(client.peer_addr()), ErrorKind::NotConnected);
        client.shutdown().await.unwrap();
    }

    async fn a_reset_leaves_what_came_before_it() {
        let (mut client, mut server) = connected().await;
        server.write_all(b"first").await.unwrap();
        client.write_all(b"unread").await.unwrap();
        server.readable().await.unwrap();
        drop(server);
        assert_eq!(read(&mut client, 5).await, b"first");
        assert_eq!(fails_to_read(&mut client).await, ErrorKind::ConnectionReset);
    }

    async fn a_linger_of_no_time_resets() {
        let (mut client, server) = connected().await;
        server.set_zero_linger().unwrap();
        drop(server);
        assert_eq!(fails_to_read(&mut client).await, ErrorKind::ConnectionReset);
    }

    /// An error is told once, to whoever asks first.
    async fn a_writer_is_told_of_a_reset() {
        let (mut client, server) = connected().await;
        server.set_zero_linger().unwrap();
        drop(server);
        client.readable().await.unwrap();
        assert_eq!(write_until_it_breaks(&mut client).await, ErrorKind::ConnectionReset);
        assert_eq!(kind(client.write(b"x").await), ErrorKind::BrokenPipe);
        assert_eq!(client.read(&mut [0]).await.unwrap(), 0);
    }

    async fn an_error_is_taken() {
        let (client, server) = connected().await;
        server.set_zero_linger().unwrap();
        drop(server);
        let error = loop {
            client.readable().await.unwrap();
            if let Some(error) = client.take_error().unwrap() {
                break error;
            }
        };
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
        assert!(client.take_error().unwrap().is_none());
        assert_eq!(when!(client.readable(), client.try_read(&mut [0])).unwrap(), 0);
    }

    async fn the_end_is_seen_before_it_is_read() {
        let (client, mut server) = connected().await;
        server.shutdown().await.unwrap();
        while !client.ready(Interest::READABLE).await.unwrap().is_read_closed() {
            yield_now().await;
        }
        drop(server);
        let ready = client.ready(Interest::READABLE | Interest::WRITABLE).await.unwrap();
        assert!(ready.is_readable() && ready.is_read_closed());
    }

    /// A connection of which both ends have shut their halves is none any more.
    async fn who_is_done_has_no_peer() {
        let (mut client, mut server) = connected().await;
        let own = client.local_addr().unwrap();
        client.shutdown().await.unwrap();
        assert_eq!(read_all(&mut server).await, b"");
        assert_eq!(server.peer_addr().unwrap(), own);
        server.shutdown().await.unwrap();
        assert_eq!(read_all(&mut client).await, b"");
        assert_eq!(kind(client.peer_addr()), ErrorKind::NotConnected);
        assert_eq!(kind(server.peer_addr()), ErrorKind::NotConnected);
        assert_eq!(client.local_addr().unwrap(), own);
        client.shutdown().await.unwrap();
        assert_eq!(client.read(&mut [0]).await.unwrap(), 0);
        assert_eq!(kind(client.write(b"x").await), ErrorKind::BrokenPipe);
    }

    async fn a_reset_is_seen_before_it_is_told() {
        let (client, server) = connected().await;
        server.set_zero_linger().unwrap();
        drop(server);
        loop {
            let ready = client.ready(Interest::READABLE | Interest::WRITABLE).await.unwrap();
            if ready.is_read_closed() && ready.is_write_closed() {
                break;
            }
            yield_now().await;
        }
        let told = client.try_read(&mut [0]);
        assert_eq!(kind(told), ErrorKind::ConnectionReset);
    }

    async fn a_reader_that_waits_is_told_of_a_reset() {
        let (client, server) = connected().await;
        let (mut reading, writing) = client.into_split();
        let reader = spawn(async move { fails_to_read(&mut reading).await });
        yield_now().await;
        server.set_zero_linger().unwrap();
        drop(server);
        assert_eq!(reader.await.unwrap(), ErrorKind::ConnectionReset);
        drop(writing);
    }

    async fn nobody_is_at_port_0() {
        let error = TcpStream::connect("127.0.0.1:0").await;
        assert_eq!(kind(error), ErrorKind::ConnectionRefused);
    }

    async fn an_address_of_all_includes_each() {
        let one = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = one.local_addr().unwrap().port();
        let all = TcpListener::bind(("0.0.0.0", port)).await;
        assert_eq!(kind(all), ErrorKind::AddrInUse);
        let client = TcpStream::connect(("0.0.0.0", port)).await.unwrap();
        assert_eq!(client.peer_addr().unwrap(), one.local_addr().unwrap());
    }

    async fn a_socket_is_bound_before_it_connects() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let own = socket.local_addr().unwrap();
        let client = socket.connect(listener.local_addr().unwrap()).await.unwrap();
        assert_eq!(client.local_addr().unwrap(), own);
        let (_server, from) = listener.accept().await.unwrap();
        assert_eq!(from, own);
        let other = TcpSocket::new_v4().unwrap();
        assert_eq!(kind(other.bind(own)), ErrorKind::AddrInUse);
    }
}
