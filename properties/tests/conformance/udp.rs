//! UDP.

crate::bodies! {
    async fn datagrams_keep_their_bounds() {
        let (one, other) = partners().await;
        assert_eq!(one.send(b"first").await.unwrap(), 5);
        assert_eq!(one.send(b"second").await.unwrap(), 6);
        let mut buffer = [0; 64];
        assert_eq!(other.recv(&mut buffer).await.unwrap(), 5);
        assert_eq!(&buffer[..5], b"first");
        let (count, from) = other.recv_from(&mut buffer).await.unwrap();
        assert_eq!((&buffer[..count], from), (&b"second"[..], one.local_addr().unwrap()));
    }

    async fn what_does_not_fit_is_lost() {
        let (one, other) = partners().await;
        one.send(b"too long").await.unwrap();
        one.send(b"next").await.unwrap();
        let mut buffer = [0; 4];
        assert_eq!(other.recv(&mut buffer).await.unwrap(), 4);
        assert_eq!(&buffer, b"too ");
        assert_eq!(other.recv(&mut buffer).await.unwrap(), 4);
        assert_eq!(&buffer, b"next");
    }

    async fn an_empty_datagram_is_one() {
        let (one, other) = partners().await;
        assert_eq!(one.send(b"").await.unwrap(), 0);
        one.send(b"x").await.unwrap();
        let mut buffer = [0; 4];
        assert_eq!(other.recv(&mut buffer).await.unwrap(), 0);
        assert_eq!(other.recv(&mut buffer).await.unwrap(), 1);
    }

    async fn a_buffer_of_nothing_takes_a_datagram() {
        let (one, other) = partners().await;
        one.send(b"lost").await.unwrap();
        one.send(b"x").await.unwrap();
        assert_eq!(other.recv(&mut []).await.unwrap(), 0);
        let mut buffer = [0; 4];
        assert_eq!(other.recv(&mut buffer).await.unwrap(), 1);
    }

    async fn a_peek_leaves_the_datagram() {
        let (one, other) = partners().await;
        one.send(b"seen").await.unwrap();
        let mut buffer = [0; 2];
        let (count, from) = other.peek_from(&mut buffer).await.unwrap();
        assert_eq!((count, from), (2, one.local_addr().unwrap()));
        assert_eq!(other.peek(&mut buffer).await.unwrap(), 2);
        let mut buffer = [0; 8];
        assert_eq!(other.recv(&mut buffer).await.unwrap(), 4);
        assert_eq!(kind(other.try_recv(&mut buffer)), ErrorKind::WouldBlock);
    }

    async fn nothing_to_receive_would_block() {
        let (one, other) = partners().await;
        let mut buffer = [0; 8];
        assert_eq!(kind(other.try_recv(&mut buffer)), ErrorKind::WouldBlock);
        assert_eq!(kind(other.try_recv_from(&mut buffer)), ErrorKind::WouldBlock);
        when!(one.writable(), one.try_send(b"x")).unwrap();
        assert_eq!(when!(other.readable(), other.try_recv(&mut buffer)).unwrap(), 1);
    }

    /// The refusal is told once, and the socket goes on.
    async fn a_partner_that_is_gone_refuses() {
        let (one, other) = partners().await;
        let address = other.local_addr().unwrap();
        drop(other);
        one.send(b"x").await.unwrap();
        assert_eq!(kind(one.recv(&mut [0; 8]).await), ErrorKind::ConnectionRefused);
        assert_eq!(kind(one.try_recv(&mut [0; 8])), ErrorKind::WouldBlock);
        let other = UdpSocket::bind(address).await.unwrap();
        one.send(b"y").await.unwrap();
        assert_eq!(other.recv(&mut [0; 8]).await.unwrap(), 1);
    }

    async fn a_sender_is_told_of_the_refusal() {
        let (one, other) = partners().await;
        drop(other);
        one.send(b"x").await.unwrap();
        let told = loop {
            if let Err(error) = one.send(b"x").await {
                break error.kind();
            }
            yield_now().await;
        };
        assert_eq!(told, ErrorKind::ConnectionRefused);
    }

    async fn who_is_not_connected_is_not_told() {
        let one = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let gone = UdpSocket::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        one.send_to(b"x", gone).await.unwrap();
        one.send_to(b"x", gone).await.unwrap();
        assert_eq!(kind(one.try_recv(&mut [0; 8])), ErrorKind::WouldBlock);
        assert!(one.take_error().unwrap().is_none());
    }

    async fn strangers_are_not_heard() {
        let (one, other) = partners().await;
        let stranger = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        stranger.send_to(b"stranger", other.local_addr().unwrap()).await.unwrap();
        one.send(b"partner").await.unwrap();
        let mut buffer = [0; 16];
        assert_eq!(other.recv(&mut buffer).await.unwrap(), 7);
        assert_eq!(other.peer_addr().unwrap(), one.local_addr().unwrap());
    }

    async fn partners_may_change() {
        let (one, _other) = partners().await;
        let third = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        one.connect(third.local_addr().unwrap()).await.unwrap();
        one.send(b"x").await.unwrap();
        let (count, from) = third.recv_from(&mut [0; 8]).await.unwrap();
        assert_eq!((count, from), (1, one.local_addr().unwrap()));
    }

    async fn a_datagram_has_a_largest_size() {
        let (one, other) = partners().await;
        assert_eq!(one.send(&bytes(65_507)).await.unwrap(), 65_507);
        let mut buffer = vec![0; 70_000];
        assert_eq!(other.recv(&mut buffer).await.unwrap(), 65_507);
        assert_eq!(name(one.send(&bytes(65_508)).await), "Uncategorized");
    }

    async fn nowhere_to_send() {
        let one = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        assert_eq!(name(one.send(b"x").await), "Uncategorized");
        assert_eq!(kind(one.peer_addr()), ErrorKind::NotConnected);
        assert_eq!(kind(one.send_to(b"x", "127.0.0.1:0").await), ErrorKind::InvalidInput);
    }

    async fn an_address_is_taken_once() {
        let one = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let address = one.local_addr().unwrap();
        assert_eq!(kind(UdpSocket::bind(address).await), ErrorKind::AddrInUse);
        drop(one);
        UdpSocket::bind(address).await.unwrap();
    }

    async fn who_sends_to_itself_receives_it() {
        let one = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let own = one.local_addr().unwrap();
        one.send_to(b"x", own).await.unwrap();
        assert_eq!(one.recv_from(&mut [0; 8]).await.unwrap(), (1, own));
    }

    async fn who_connects_has_an_address() {
        let one = UdpSocket::bind("0.0.0.0:0").await.unwrap();
        let other = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        assert!(one.local_addr().unwrap().ip().is_unspecified());
        one.connect(other.local_addr().unwrap()).await.unwrap();
        assert!(one.local_addr().unwrap().ip().is_loopback());
        one.send(b"x").await.unwrap();
        assert_eq!(other.recv_from(&mut [0; 8]).await.unwrap(), (1, one.local_addr().unwrap()));
    }

    async fn a_partner_is_not_the_only_one_to_send_to() {
        let (one, other) = partners().await;
        let third = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        one.send_to(b"xyz", third.local_addr().unwrap()).await.unwrap();
        assert_eq!(third.recv(&mut [0; 8]).await.unwrap(), 3);
        assert_eq!(kind(other.try_recv(&mut [0; 8])), ErrorKind::WouldBlock);
    }

    /// What there is no room for is lost, and what came before it is kept.
    async fn too_many_datagrams_are_lost() {
        let (one, other) = partners().await;
        for number in 0..3_000u32 {
            one.send(&number.to_le_bytes()).await.unwrap();
        }
        let mut buffer = [0; 8];
        assert_eq!(when!(other.readable(), other.try_recv(&mut buffer)).unwrap(), 4);
        let mut received = 1u32;
        while let Ok(count) = other.try_recv(&mut buffer) {
            assert_eq!(buffer[..count], received.to_le_bytes());
            received += 1;
        }
        assert!(received < 3_000);
    }
}
