//! Unix datagrams.

crate::bodies! {
    async fn datagrams_keep_their_bounds_and_their_order() {
        let (one, other) = UnixDatagram::pair().unwrap();
        assert_eq!(one.send(b"first").await.unwrap(), 5);
        assert_eq!(one.send(b"second").await.unwrap(), 6);
        let mut buffer = [0; 64];
        assert_eq!(other.recv(&mut buffer).await.unwrap(), 5);
        assert_eq!(&buffer[..5], b"first");
        let (count, from) = other.recv_from(&mut buffer).await.unwrap();
        assert_eq!(&buffer[..count], b"second");
        assert!(from.is_unnamed());
    }

    async fn an_answer_goes_to_the_path_of_who_asked() {
        let directory = Directory::new();
        let (here, there) = (directory.path("client"), directory.path("server"));
        let server = UnixDatagram::bind(&there).unwrap();
        let task = spawn(async move {
            let mut buffer = [0; 64];
            let (count, from) = server.recv_from(&mut buffer).await.unwrap();
            server.send_to(&buffer[..count], from.as_pathname().unwrap()).await.unwrap();
        });
        let client = UnixDatagram::bind(&here).unwrap();
        assert_eq!(client.local_addr().unwrap().as_pathname(), Some(&*here));
        assert_eq!(client.send_to(b"question", &there).await.unwrap(), 8);
        let mut buffer = [0; 64];
        let (count, from) = client.recv_from(&mut buffer).await.unwrap();
        assert_eq!(&buffer[..count], b"question");
        assert_eq!(from.as_pathname(), Some(&*there));
        task.await.unwrap();
    }

    async fn a_path_is_taken_once_and_stays() {
        let directory = Directory::new();
        let path = directory.path("socket");
        let one = UnixDatagram::unbound().unwrap();
        assert_eq!(kind(one.send_to(b"x", &path).await), ErrorKind::NotFound);
        assert_eq!(kind(one.connect(&path)), ErrorKind::NotFound);
        let other = UnixDatagram::bind(&path).unwrap();
        assert_eq!(kind(UnixDatagram::bind(&path)), ErrorKind::AddrInUse);
        assert_eq!(kind(UnixListener::bind(&path)), ErrorKind::AddrInUse);
        drop(other);
        assert_eq!(kind(one.send_to(b"x", &path).await), ErrorKind::ConnectionRefused);
        assert_eq!(kind(one.connect(&path)), ErrorKind::ConnectionRefused);
        assert_eq!(kind(UnixDatagram::bind(&path)), ErrorKind::AddrInUse);
        remove_path(&path).unwrap();
        UnixDatagram::bind(&path).unwrap();
    }

    async fn a_path_that_is_removed_parts_nobody() {
        let directory = Directory::new();
        let path = directory.path("socket");
        let (one, other) = (UnixDatagram::unbound().unwrap(), UnixDatagram::bind(&path).unwrap());
        one.connect(&path).unwrap();
        remove_path(&path).unwrap();
        assert_eq!(kind(one.send_to(b"x", &path).await), ErrorKind::NotFound);
        one.send(b"x").await.unwrap();
        assert_eq!(other.recv(&mut [0; 8]).await.unwrap(), 1);
        assert_eq!(one.peer_addr().unwrap().as_pathname(), Some(&*path));
    }

    async fn streams_and_datagrams_do_not_mix() {
        let directory = Directory::new();
        let (streams, datagrams) = (directory.path("streams"), directory.path("datagrams"));
        let listener = UnixListener::bind(&streams).unwrap();
        let socket = UnixDatagram::bind(&datagrams).unwrap();
        assert_eq!(name(socket.connect(&streams)), "Uncategorized");
        assert_eq!(name(socket.send_to(b"x", &streams).await), "Uncategorized");
        assert_eq!(name(UnixStream::connect(&datagrams).await), "Uncategorized");
        drop(listener);
        assert_eq!(kind(socket.connect(&streams)), ErrorKind::ConnectionRefused);
        drop(socket);
        assert_eq!(kind(UnixStream::connect(&datagrams).await), ErrorKind::ConnectionRefused);
    }

    async fn a_path_has_a_greatest_length() {
        let directory = Directory::new();
        let path = directory.path(&"x".repeat(200));
        let one = UnixDatagram::unbound().unwrap();
        assert_eq!(kind(UnixDatagram::bind(&path)), ErrorKind::InvalidInput);
        assert_eq!(kind(one.connect(&path)), ErrorKind::InvalidInput);
        assert_eq!(kind(one.send_to(b"x", &path).await), ErrorKind::InvalidInput);
        let path = directory.path("a\0b");
        assert_eq!(kind(UnixDatagram::bind(&path)), ErrorKind::InvalidInput);
    }

    async fn what_does_not_fit_is_lost() {
        let (one, other) = UnixDatagram::pair().unwrap();
        one.send(b"too long").await.unwrap();
        one.send(b"next").await.unwrap();
        let mut buffer = [0; 4];
        assert_eq!(other.recv(&mut buffer).await.unwrap(), 4);
        assert_eq!(&buffer, b"too ");
        assert_eq!(other.recv(&mut buffer).await.unwrap(), 4);
        assert_eq!(&buffer, b"next");
    }

    async fn an_empty_datagram_is_one() {
        let (one, other) = UnixDatagram::pair().unwrap();
        assert_eq!(one.send(b"").await.unwrap(), 0);
        one.send(b"lost").await.unwrap();
        one.send(b"x").await.unwrap();
        assert_eq!(other.recv(&mut [0; 4]).await.unwrap(), 0);
        assert_eq!(other.recv(&mut []).await.unwrap(), 0);
        assert_eq!(other.recv(&mut [0; 4]).await.unwrap(), 1);
    }

    async fn nothing_to_receive_would_block() {
        let (one, other) = UnixDatagram::pair().unwrap();
        let mut buffer = [0; 8];
        assert_eq!(kind(other.try_recv(&mut buffer)), ErrorKind::WouldBlock);
        assert_eq!(kind(other.try_recv_from(&mut buffer)), ErrorKind::WouldBlock);
        when!(one.writable(), one.try_send(b"x")).unwrap();
        assert_eq!(when!(other.readable(), other.try_recv(&mut buffer)).unwrap(), 1);
        assert_eq!(kind(other.try_recv(&mut buffer)), ErrorKind::WouldBlock);
    }

    async fn a_receiver_waits_for_a_sender() {
        let (one, other) = UnixDatagram::pair().unwrap();
        let task = spawn(async move { other.recv(&mut [0; 8]).await.unwrap() });
        yield_now().await;
        one.send(b"xyz").await.unwrap();
        assert_eq!(task.await.unwrap(), 3);
    }

    async fn a_receiver_has_room_for_some_and_then_the_sender_waits() {
        let directory = Directory::new();
        let path = directory.path("socket");
        let other = UnixDatagram::bind(&path).unwrap();
        let one = UnixDatagram::unbound().unwrap();
        one.connect(&path).unwrap();
        one.writable().await.unwrap();
        let mut sent = 0u32;
        while one.try_send(&sent.to_le_bytes()).is_ok() {
            sent += 1;
        }
        assert!((1..100_000).contains(&sent));
        assert_eq!(kind(one.try_send(b"x")), ErrorKind::WouldBlock);
        let sender = spawn(async move {
            one.send(&sent.to_le_bytes()).await.unwrap();
            one.send(&(sent + 1).to_le_bytes()).await.unwrap();
        });
        for number in 0..sent + 2 {
            let mut buffer = [0; 8];
            assert_eq!(other.recv(&mut buffer).await.unwrap(), 4);
            assert_eq!(buffer[..4], number.to_le_bytes());
        }
        sender.await.unwrap();
    }

    /// Nobody tells a sender that is not connected of room, and yet it goes on.
    async fn a_sender_to_a_path_waits_for_others() {
        let directory = Directory::new();
        let path = directory.path("socket");
        let receiver = UnixDatagram::bind(&path).unwrap();
        let [filler, sender] = [0, 1].map(|_| UnixDatagram::unbound().unwrap());
        filler.writable().await.unwrap();
        let mut sent = 0;
        while filler.try_send_to(b"other", &path).is_ok() {
            sent += 1;
        }
        let task = spawn(async move { sender.send_to(b"own", &path).await.unwrap() });
        let mut counts = vec![0];
        while counts.last() != Some(&3) {
            yield_now().await;
            counts.push(receiver.recv(&mut [0; 8]).await.unwrap());
        }
        assert_eq!(counts.iter().filter(|count| **count == 5).count(), sent);
        assert_eq!(task.await.unwrap(), 3);
    }

    /// Who finds one receiver full can send to another.
    async fn a_full_receiver_stands_in_nobodys_way() {
        let directory = Directory::new();
        let (full, free) = (directory.path("full"), directory.path("free"));
        let _full = UnixDatagram::bind(&full).unwrap();
        let receiver = UnixDatagram::bind(&free).unwrap();
        let one = UnixDatagram::unbound().unwrap();
        one.writable().await.unwrap();
        while one.try_send_to(b"x", &full).is_ok() {}
        assert_eq!(when!(one.writable(), one.try_send_to(b"xyz", &free)).unwrap(), 3);
        assert_eq!(one.send_to(b"xyz", &free).await.unwrap(), 3);
        assert_eq!(receiver.recv(&mut [0; 8]).await.unwrap(), 3);
    }

    async fn partners_share_the_buffer_of_the_sender() {
        let (one, other) = UnixDatagram::pair().unwrap();
        one.writable().await.unwrap();
        let block = bytes(4096);
        let mut sent = 0;
        while one.try_send(&block).is_ok() {
            sent += 1;
        }
        assert!((2..10_000).contains(&sent));
        let reader = spawn(async move {
            let mut buffer = vec![0; 8192];
            let mut received = 0;
            while other.recv(&mut buffer).await.unwrap() > 0 {
                received += 1;
            }
            received
        });
        assert_eq!(when!(one.writable(), one.try_send(&block)).unwrap(), 4096);
        one.send(b"").await.unwrap();
        assert_eq!(reader.await.unwrap(), sent + 1);
    }

    async fn a_datagram_has_a_largest_size() {
        let (one, other) = UnixDatagram::pair().unwrap();
        assert_eq!(one.send(&bytes(60_000)).await.unwrap(), 60_000);
        let mut buffer = vec![0; 70_000];
        assert_eq!(other.recv(&mut buffer).await.unwrap(), 60_000);
        assert_eq!(buffer[..60_000], bytes(60_000));
        assert_eq!(name(one.send(&vec![0; 1 << 24]).await), "Uncategorized");
    }

    async fn nowhere_to_send() {
        let one = UnixDatagram::unbound().unwrap();
        assert!(one.local_addr().unwrap().is_unnamed());
        assert_eq!(kind(one.send(b"x").await), ErrorKind::NotConnected);
        assert_eq!(kind(one.peer_addr()), ErrorKind::NotConnected);
    }

    async fn who_is_connected_hears_its_partner_alone() {
        let directory = Directory::new();
        let (a, b) = (directory.path("a"), directory.path("b"));
        let one = UnixDatagram::bind(&a).unwrap();
        let other = UnixDatagram::bind(&b).unwrap();
        let stranger = UnixDatagram::unbound().unwrap();
        stranger.send_to(b"before", &a).await.unwrap();
        one.connect(&b).unwrap();
        assert_eq!(kind(stranger.send_to(b"after", &a).await), ErrorKind::PermissionDenied);
        assert_eq!(kind(stranger.connect(&a)), ErrorKind::PermissionDenied);
        other.send_to(b"partner", &a).await.unwrap();
        let mut buffer = [0; 16];
        assert_eq!(one.recv(&mut buffer).await.unwrap(), 6);
        let (count, from) = one.recv_from(&mut buffer).await.unwrap();
        assert_eq!((&buffer[..count], from.as_pathname()), (&b"partner"[..], Some(&*b)));
    }

    async fn a_partner_is_not_the_only_one_to_send_to() {
        let directory = Directory::new();
        let path = directory.path("third");
        let third = UnixDatagram::bind(&path).unwrap();
        let (one, other) = UnixDatagram::pair().unwrap();
        one.send_to(b"xyz", &path).await.unwrap();
        assert_eq!(third.recv(&mut [0; 8]).await.unwrap(), 3);
        assert_eq!(kind(other.try_recv(&mut [0; 8])), ErrorKind::WouldBlock);
    }

    /// The one that is left loses what it has not received, too.
    async fn a_partner_that_is_gone_refuses_once() {
        let (one, other) = UnixDatagram::pair().unwrap();
        other.send(b"unread").await.unwrap();
        drop(other);
        assert!(one.peer_addr().unwrap().is_unnamed());
        assert_eq!(kind(one.send(b"x").await), ErrorKind::ConnectionRefused);
        assert_eq!(kind(one.send(b"x").await), ErrorKind::NotConnected);
        assert_eq!(kind(one.peer_addr()), ErrorKind::NotConnected);
        assert_eq!(kind(one.try_recv(&mut [0; 8])), ErrorKind::WouldBlock);
    }

    async fn last_words_are_received() {
        let (one, other) = UnixDatagram::pair().unwrap();
        other.send(b"last").await.unwrap();
        drop(other);
        assert_eq!(one.recv(&mut [0; 8]).await.unwrap(), 4);
    }

    async fn a_path_that_is_bound_again_is_another_socket() {
        let directory = Directory::new();
        let path = directory.path("socket");
        let one = UnixDatagram::unbound().unwrap();
        let first = UnixDatagram::bind(&path).unwrap();
        one.connect(&path).unwrap();
        drop(first);
        remove_path(&path).unwrap();
        let second = UnixDatagram::bind(&path).unwrap();
        assert_eq!(kind(one.send(b"x").await), ErrorKind::ConnectionRefused);
        one.connect(&path).unwrap();
        one.send(b"x").await.unwrap();
        assert_eq!(second.recv(&mut [0; 8]).await.unwrap(), 1);
    }

    async fn a_waiting_sender_learns_that_its_partner_is_gone() {
        let directory = Directory::new();
        let path = directory.path("socket");
        let other = UnixDatagram::bind(&path).unwrap();
        let one = UnixDatagram::unbound().unwrap();
        one.connect(&path).unwrap();
        one.writable().await.unwrap();
        while one.try_send(b"x").is_ok() {}
        let task = spawn(async move { kind(one.send(b"x").await) });
        yield_now().await;
        drop(other);
        assert_eq!(task.await.unwrap(), ErrorKind::ConnectionRefused);
    }

    async fn who_turns_to_another_drops_what_it_was_sent() {
        let directory = Directory::new();
        let (a, b, c) = (directory.path("a"), directory.path("b"), directory.path("c"));
        let one = UnixDatagram::bind(&a).unwrap();
        let other = UnixDatagram::bind(&b).unwrap();
        let third = UnixDatagram::bind(&c).unwrap();
        one.connect(&b).unwrap();
        other.connect(&a).unwrap();
        one.send(b"lost").await.unwrap();
        other.connect(&c).unwrap();
        assert_eq!(kind(other.try_recv(&mut [0; 8])), ErrorKind::WouldBlock);
        assert_eq!(kind(one.send(b"x").await), ErrorKind::ConnectionReset);
        assert_eq!(kind(one.send(b"x").await), ErrorKind::PermissionDenied);
        other.send(b"x").await.unwrap();
        assert_eq!(third.recv(&mut [0; 8]).await.unwrap(), 1);
    }

    async fn a_reset_may_be_taken() {
        let directory = Directory::new();
        let (a, b, c) = (directory.path("a"), directory.path("b"), directory.path("c"));
        let one = UnixDatagram::bind(&a).unwrap();
        let other = UnixDatagram::bind(&b).unwrap();
        let _third = UnixDatagram::bind(&c).unwrap();
        one.connect(&b).unwrap();
        other.connect(&a).unwrap();
        assert!(one.take_error().unwrap().is_none());
        one.send(b"lost").await.unwrap();
        other.connect(&c).unwrap();
        assert_eq!(one.take_error().unwrap().unwrap().kind(), ErrorKind::ConnectionReset);
        assert!(one.take_error().unwrap().is_none());
    }

    async fn a_connection_that_fails_leaves_the_partner() {
        let directory = Directory::new();
        let path = directory.path("socket");
        let other = UnixDatagram::bind(&path).unwrap();
        let one = UnixDatagram::unbound().unwrap();
        one.connect(&path).unwrap();
        assert_eq!(kind(one.connect(directory.path("nobody"))), ErrorKind::NotFound);
        one.send(b"x").await.unwrap();
        assert_eq!(other.recv(&mut [0; 8]).await.unwrap(), 1);
    }

    async fn who_sends_to_itself_receives_it() {
        let directory = Directory::new();
        let path = directory.path("socket");
        let one = UnixDatagram::bind(&path).unwrap();
        for _ in 0..20 {
            one.send_to(b"x", &path).await.unwrap();
        }
        one.connect(&path).unwrap();
        one.send(b"yz").await.unwrap();
        for count in [[1; 20].as_slice(), &[2]].concat() {
            let (received, from) = one.recv_from(&mut [0; 8]).await.unwrap();
            assert_eq!((received, from.as_pathname()), (count, Some(&*path)));
        }
    }

    async fn who_shuts_down_writing_can_read() {
        let (one, other) = UnixDatagram::pair().unwrap();
        one.shutdown(Shutdown::Write).unwrap();
        one.shutdown(Shutdown::Write).unwrap();
        assert_eq!(kind(one.send(b"x").await), ErrorKind::BrokenPipe);
        other.send(b"x").await.unwrap();
        assert_eq!(one.recv(&mut [0; 8]).await.unwrap(), 1);
        assert_eq!(kind(other.try_recv(&mut [0; 8])), ErrorKind::WouldBlock);
    }

    async fn who_shuts_down_reading_is_not_sent_to() {
        let (one, other) = UnixDatagram::pair().unwrap();
        other.send(b"before").await.unwrap();
        one.shutdown(Shutdown::Read).unwrap();
        assert_eq!(kind(other.send(b"x").await), ErrorKind::BrokenPipe);
        assert_eq!(one.recv(&mut [0; 8]).await.unwrap(), 6);
        let ready = one.ready(Interest::READABLE).await.unwrap();
        assert!(ready.is_read_closed() && !ready.is_write_closed());
        assert_eq!(kind(one.try_recv(&mut [0; 8])), ErrorKind::WouldBlock);
        one.send(b"x").await.unwrap();
        assert_eq!(other.recv(&mut [0; 8]).await.unwrap(), 1);
    }

    async fn a_socket_of_nobody_is_shut_down_as_well() {
        let one = UnixDatagram::unbound().unwrap();
        one.shutdown(Shutdown::Both).unwrap();
        let interest = Interest::READABLE | Interest::WRITABLE;
        loop {
            let ready = one.ready(interest).await.unwrap();
            if ready.is_read_closed() && ready.is_write_closed() {
                break;
            }
            yield_now().await;
        }
    }

    async fn what_is_polled_is_what_is_awaited() {
        let directory = Directory::new();
        let path = directory.path("socket");
        let other = UnixDatagram::bind(&path).unwrap();
        let one = UnixDatagram::unbound().unwrap();
        one.connect(&path).unwrap();
        let sender = spawn(async move {
            poll_fn(|cx| one.poll_send_ready(cx)).await.unwrap();
            for number in 0..40u8 {
                let path = (number % 2 == 1).then(|| path.clone());
                let bytes = [number];
                let sent = match path {
                    Some(path) => poll_fn(|cx| one.poll_send_to(cx, &bytes, &path)).await,
                    None => poll_fn(|cx| one.poll_send(cx, &bytes)).await,
                };
                assert_eq!(sent.unwrap(), 1);
            }
        });
        for number in 0..40u8 {
            poll_fn(|cx| other.poll_recv_ready(cx)).await.unwrap();
            let mut byte = [0];
            assert_eq!(other.recv(&mut byte).await.unwrap(), 1);
            assert_eq!(byte, [number]);
        }
        sender.await.unwrap();
    }
}
