//! What several of the tests begin with.

use reveille::net::{TcpListener, TcpStream};

/// Both ends of a connection, the client's first.
pub(crate) async fn connection() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:80").await.expect("the port is free");
    let client = TcpStream::connect("127.0.0.1:80").await.expect("somebody listens");
    let (server, _) = listener.accept().await.expect("somebody has connected");
    (client, server)
}
