//! `h2`: streams within a connection, with windows that are smaller than what they carry.

use crate::network::connection;
use bytes::Bytes;
use futures::future::{poll_fn, try_join_all};
use h2::client::{self, SendRequest};
use h2::server::{self, SendResponse};
use h2::{Error, Reason, RecvStream, SendStream};
use http::{Request, Response};
use reveille::net::TcpStream;
use reveille::proptest::{collection::vec, prelude::*};
use reveille::spawn;

const WINDOW: u32 = 30;

/// Sends as much as the window of the other end allows, until everything is sent.
async fn send_all(stream: &mut SendStream<Bytes>, mut body: Bytes) -> Result<(), Error> {
    while !body.is_empty() {
        stream.reserve_capacity(body.len());
        let room = poll_fn(|cx| stream.poll_capacity(cx)).await;
        let room = room.ok_or(Error::from(Reason::CANCEL))??;
        stream.send_data(body.split_to(room.min(body.len())), false)?;
    }
    stream.send_data(Bytes::new(), true)
}

async fn receive_all(mut stream: RecvStream) -> Result<Vec<u8>, Error> {
    let mut body = Vec::new();
    while let Some(data) = stream.data().await {
        let data = data?;
        body.extend_from_slice(&data);
        stream.flow_control().release_capacity(data.len())?;
    }
    Ok(body)
}

async fn echo(request: Request<RecvStream>, mut respond: SendResponse<Bytes>) -> Result<(), Error> {
    let body = receive_all(request.into_body()).await?;
    let mut answer = respond.send_response(Response::new(()), false)?;
    send_all(&mut answer, Bytes::from(body)).await
}

async fn serve(stream: TcpStream) -> Result<(), Error> {
    let mut connection =
        server::Builder::new().initial_window_size(WINDOW).handshake(stream).await?;
    let mut echoes = Vec::new();
    while let Some(accepted) = connection.accept().await {
        let (request, respond) = accepted?;
        echoes.push(spawn(echo(request, respond)));
    }
    for echo in echoes {
        echo.await.expect("it does not panic")?;
    }
    Ok(())
}

async fn post(client: SendRequest<Bytes>, body: Bytes) -> Result<(), Error> {
    let mut client = client.ready().await?;
    let request = Request::post("http://localhost/").body(()).expect("a good request");
    let (answer, mut stream) = client.send_request(request, false)?;
    drop(client);
    send_all(&mut stream, body.clone()).await?;
    let answer = receive_all(answer.await?.into_body()).await?;
    assert_eq!(answer, body);
    Ok(())
}

/// Posts all bodies at once, each in a stream of its own.
async fn post_all(stream: TcpStream, bodies: Vec<Bytes>) -> Result<(), Error> {
    let (client, connection) =
        client::Builder::new().initial_window_size(WINDOW).handshake(stream).await?;
    let driver = spawn(connection);
    let posts = bodies.into_iter().map(|body| post(client.clone(), body));
    let posted = try_join_all(posts).await;
    drop(client);
    driver.await.expect("it does not panic")?;
    posted.map(drop)
}

fn some_bodies() -> impl Strategy<Value = Vec<Bytes>> {
    vec(vec(any::<u8>(), 0..80).prop_map(Bytes::from), 1..4)
}

#[reveille::test(hermetic = false)]
async fn streams_do_not_disturb_each_other(#[strategy(some_bodies())] bodies: Vec<Bytes>) {
    let (near, far) = connection().await;
    let server = spawn(serve(far));
    post_all(near, bodies).await.unwrap();
    server.await.unwrap().unwrap();
}

/// A connection that is reset may be an error, to both; nobody may hang or panic.
#[reveille::test(with(reset), hermetic = false)]
async fn a_reset_hangs_nobody(#[strategy(some_bodies())] bodies: Vec<Bytes>) {
    let (near, far) = connection().await;
    let server = spawn(serve(far));
    let client = post_all(near, bodies).await;
    let server = server.await.unwrap();
    reveille::sometimes!("everything is answered", client.is_ok() && server.is_ok());
    reveille::sometimes!("the client sees an error", client.is_err());
    reveille::sometimes!("the server sees an error", server.is_err());
}
