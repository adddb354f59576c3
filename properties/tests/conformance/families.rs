//! Addresses: of both families, of every interface, of none, and names.

crate::bodies! {
    async fn a_socket_of_every_address_of_ipv6_takes_ipv4_too() {
        let Ok(listener) = TcpListener::bind("[::]:0").await else { return };
        let port = listener.local_addr().unwrap().port();
        let mut four = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        let (server, from) = listener.accept().await.unwrap();
        assert_eq!(from.to_string(), format!("[::ffff:127.0.0.1]:{}", four.local_addr().unwrap().port()));
        assert_eq!(server.local_addr().unwrap().to_string(), format!("[::ffff:127.0.0.1]:{port}"));
        assert_eq!(server.peer_addr().unwrap(), from);
        four.write_all(b"x").await.unwrap();
        let six = TcpStream::connect(("::1", port)).await.unwrap();
        let (_, from) = listener.accept().await.unwrap();
        assert_eq!(from, six.local_addr().unwrap());
    }

    async fn a_socket_of_ipv6_alone_takes_no_ipv4() {
        let Ok(listener) = TcpListener::bind("[::1]:0").await else { return };
        let port = listener.local_addr().unwrap().port();
        assert_eq!(kind(TcpStream::connect(("127.0.0.1", port)).await), ErrorKind::ConnectionRefused);
        let four = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        assert_eq!(kind(TcpListener::bind(("::", port)).await), ErrorKind::AddrInUse);
        drop(four);
        assert_eq!(kind(TcpListener::bind(("::", port)).await), ErrorKind::AddrInUse);
        assert_eq!(kind(TcpListener::bind(("0.0.0.0", port)).await.map(drop).and(Err::<(), _>(ErrorKind::Other.into()))), ErrorKind::Other);
    }

    async fn what_is_sent_to_no_address_goes_to_oneself() {
        let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        assert!(listener.local_addr().unwrap().ip().is_unspecified());
        let client = TcpStream::connect(("0.0.0.0", port)).await.unwrap();
        assert_eq!(client.peer_addr().unwrap().to_string(), format!("127.0.0.1:{port}"));
        assert!(client.local_addr().unwrap().ip().is_loopback());
        let one = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let other = UdpSocket::bind("0.0.0.0:0").await.unwrap();
        let port = other.local_addr().unwrap().port();
        one.send_to(b"x", ("0.0.0.0", port)).await.unwrap();
        assert_eq!(other.recv_from(&mut [0; 8]).await.unwrap(), (1, one.local_addr().unwrap()));
    }

    async fn every_address_of_127_is_ones_own() {
        let listener = TcpListener::bind("127.0.0.2:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        assert_eq!(address.ip().to_string(), "127.0.0.2");
        let client = TcpStream::connect(address).await.unwrap();
        assert_eq!(client.local_addr().unwrap().ip().to_string(), "127.0.0.1");
        let elsewhere = ("127.0.0.3", address.port());
        assert_eq!(kind(TcpStream::connect(elsewhere).await), ErrorKind::ConnectionRefused);
        let _other = TcpListener::bind(elsewhere).await.unwrap();
    }

    async fn the_families_do_not_mix() {
        let four: std::net::SocketAddr = "127.0.0.1:0".parse().unwrap();
        let six: std::net::SocketAddr = "[::1]:0".parse().unwrap();
        let Ok(socket) = TcpSocket::new_v6() else { return };
        assert_eq!(name(socket.bind(four)), "InvalidInput");
        assert_eq!(name(TcpSocket::new_v4().unwrap().bind(six)), "Uncategorized");
        assert_eq!(name(TcpSocket::new_v6().unwrap().connect("127.0.0.1:1".parse().unwrap()).await), "InvalidInput");
        assert_eq!(name(TcpSocket::new_v4().unwrap().connect("[::1]:1".parse().unwrap()).await), "Uncategorized");
        let socket = UdpSocket::bind(four).await.unwrap();
        assert_eq!(name(socket.send_to(b"x", "[::1]:1").await), "Uncategorized");
        assert_eq!(name(socket.connect("[::1]:1").await), "Uncategorized");
        let Ok(socket) = UdpSocket::bind("[::1]:0").await else { return };
        assert_eq!(name(socket.send_to(b"x", "127.0.0.1:1").await), "NetworkUnreachable");
        assert_eq!(name(socket.connect("127.0.0.1:1").await), "Uncategorized");
        assert_eq!(name(socket.connect("[::ffff:127.0.0.1]:1").await), "NetworkUnreachable");
        let mixed = UdpSocket::bind("[::]:0").await.unwrap();
        mixed.connect("127.0.0.1:1").await.unwrap();
        assert_eq!(mixed.peer_addr().unwrap().to_string(), "[::ffff:127.0.0.1]:1");
        assert!(mixed.local_addr().unwrap().to_string().starts_with("[::ffff:127.0.0.1]:"));
        assert_eq!(name(mixed.send_to(b"x", "[::1]:1").await), "Uncategorized");
        assert_eq!(name(mixed.connect("[::1]:1").await), "Uncategorized");

    }

    async fn a_socket_of_every_address_of_ipv6_sends_to_ipv4() {
        let Ok(one) = UdpSocket::bind("[::]:0").await else { return };
        let other = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let to = other.local_addr().unwrap();
        let mapped = ("::ffff:127.0.0.1", to.port());
        one.send_to(b"x", mapped).await.unwrap();
        let (_, from) = other.recv_from(&mut [0; 8]).await.unwrap();
        assert_eq!(from.ip().to_string(), "127.0.0.1");
        one.send_to(b"y", to).await.unwrap();
        assert_eq!(other.recv_from(&mut [0; 8]).await.unwrap(), (1, from));
        other.send_to(b"z", from).await.unwrap();
        let (_, back) = one.recv_from(&mut [0; 8]).await.unwrap();
        assert_eq!(back.to_string(), format!("[::ffff:127.0.0.1]:{}", to.port()));
    }

    async fn a_socket_of_every_address_of_ipv6_connects_to_ipv4() {
        let Ok(one) = UdpSocket::bind("[::]:0").await else { return };
        let other = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        one.connect(other.local_addr().unwrap()).await.unwrap();
        one.send(b"x").await.unwrap();
        let (_, from) = other.recv_from(&mut [0; 8]).await.unwrap();
        other.send_to(b"y", from).await.unwrap();
        assert_eq!(one.recv(&mut [0; 8]).await.unwrap(), 1);
    }

    async fn a_socket_is_bound_once() {
        let socket = TcpSocket::new_v4().unwrap();
        assert_eq!(socket.local_addr().unwrap().to_string(), "0.0.0.0:0");
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        assert_eq!(kind(socket.bind("127.0.0.1:0".parse().unwrap())), ErrorKind::InvalidInput);
        assert_eq!(kind(TcpSocket::new_v4().unwrap().bind("192.0.2.1:0".parse().unwrap())), ErrorKind::AddrNotAvailable);
    }

    async fn a_socket_that_was_not_bound_listens_everywhere() {
        let listener = TcpSocket::new_v4().unwrap().listen(8).unwrap();
        let address = listener.local_addr().unwrap();
        assert!(address.ip().is_unspecified() && address.port() != 0);
        let client = TcpStream::connect(("127.0.0.1", address.port())).await.unwrap();
        let (_, from) = listener.accept().await.unwrap();
        assert_eq!(from, client.local_addr().unwrap());
    }

    async fn a_name_stands_for_addresses() {
        let found: Vec<_> = lookup_host("localhost:80").await.unwrap().collect();
        assert!(!found.is_empty() && found.iter().all(|one| one.ip().is_loopback() && one.port() == 80));
        let found: Vec<_> = lookup_host("127.0.0.1:80").await.unwrap().map(|one| one.to_string()).collect();
        assert_eq!(found, ["127.0.0.1:80"]);
        assert_eq!(kind(lookup_host("localhost").await.map(drop)), ErrorKind::InvalidInput);
        assert_eq!(kind(lookup_host("localhost:http").await.map(drop)), ErrorKind::InvalidInput);
        assert_eq!(kind(lookup_host("localhost:99999").await.map(drop)), ErrorKind::InvalidInput);
        assert_eq!(kind(TcpStream::connect(&[][..]).await), ErrorKind::InvalidInput);
        assert_eq!(kind(TcpListener::bind(&[][..]).await), ErrorKind::InvalidInput);
        assert_eq!(kind(UdpSocket::bind(&[][..]).await), ErrorKind::InvalidInput);
    }

    async fn the_first_address_that_answers_is_taken() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let gone = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let there = listener.local_addr().unwrap();
        let client = TcpStream::connect(&[gone, there][..]).await.unwrap();
        assert_eq!(client.peer_addr().unwrap(), there);
        let taken = TcpListener::bind(&[there, gone][..]).await.unwrap();
        assert_eq!(taken.local_addr().unwrap(), gone);
    }
}
