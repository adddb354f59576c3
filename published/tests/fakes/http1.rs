//! `hyper`: requests and answers of HTTP/1, cut anywhere on their way.

use crate::network::connection;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use reveille::net::{TcpListener, TcpStream};
use reveille::proptest::{collection::vec, prelude::*};
use reveille::spawn;

/// Answers with the body that came.
pub(crate) async fn echo(request: Request<Incoming>) -> hyper::Result<Response<Full<Bytes>>> {
    let body = request.into_body().collect().await?.to_bytes();
    Ok(Response::new(Full::new(body)))
}

async fn serve(stream: TcpStream) -> hyper::Result<()> {
    http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(echo)).await
}

async fn post(client: &mut SendRequest<Full<Bytes>>, body: Bytes) -> hyper::Result<Bytes> {
    client.ready().await?;
    let request = Request::builder().method(Method::POST).uri("/").header("host", "localhost");
    let request = request.body(Full::new(body)).expect("a good request");
    let answer = client.send_request(request).await?;
    Ok(answer.into_body().collect().await?.to_bytes())
}

/// Posts each body, one after the other, over one connection.
async fn post_all(stream: TcpStream, bodies: Vec<Bytes>) -> hyper::Result<()> {
    let (mut client, connection) = handshake(TokioIo::new(stream)).await?;
    let driver = spawn(connection);
    for body in bodies {
        assert_eq!(post(&mut client, body.clone()).await?, body);
    }
    drop(client);
    driver.await.expect("it does not panic")
}

pub(crate) fn some_bodies() -> impl Strategy<Value = Vec<Bytes>> {
    vec(vec(any::<u8>(), 0..60).prop_map(Bytes::from), 1..4)
}

#[reveille::test(hermetic = false)]
async fn bodies_come_back(#[strategy(some_bodies())] bodies: Vec<Bytes>) {
    reveille::net::set_buffers(50, 50).unwrap();
    let (near, far) = connection().await;
    let server = spawn(serve(far));
    post_all(near, bodies).await.unwrap();
    server.await.unwrap().unwrap();
}

#[reveille::test(hermetic = false)]
async fn clients_do_not_disturb_each_other() {
    let listener = TcpListener::bind("127.0.0.1:80").await.unwrap();
    let clients: Vec<_> = (0..3u8)
        .map(|number| {
            spawn(async move {
                let stream = TcpStream::connect("127.0.0.1:80").await.unwrap();
                post_all(stream, vec![Bytes::from(vec![number; 20])]).await
            })
        })
        .collect();
    let mut servers = Vec::new();
    for _ in 0..3 {
        servers.push(spawn(serve(listener.accept().await.unwrap().0)));
    }
    for task in clients.into_iter().chain(servers) {
        task.await.unwrap().unwrap();
    }
}

/// A connection that is reset may be an error, to both; nobody may hang or panic.
#[reveille::test(with(reset), hermetic = false)]
async fn a_reset_hangs_nobody(#[strategy(some_bodies())] bodies: Vec<Bytes>) {
    let listener = TcpListener::bind("127.0.0.1:80").await.unwrap();
    let client = spawn(async {
        let stream = TcpStream::connect("127.0.0.1:80").await.unwrap();
        post_all(stream, bodies).await
    });
    let server = serve(listener.accept().await.unwrap().0).await;
    let client = client.await.unwrap();
    reveille::sometimes!("everything is answered", client.is_ok() && server.is_ok());
    reveille::sometimes!("the client sees an error", client.is_err());
    reveille::sometimes!("the server sees an error", server.is_err());
}
