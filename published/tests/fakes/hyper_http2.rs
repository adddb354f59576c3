//! `hyper`: requests and answers of HTTP/2, at once over one connection.

use crate::http1::{echo, some_bodies};
use crate::network::connection;
use bytes::Bytes;
use futures::future::try_join_all;
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper::rt::Executor;
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use reveille::net::TcpStream;
use reveille::spawn;

/// Has hyper spawn its tasks into the run.
#[derive(Clone)]
struct InRun;

impl<F> Executor<F> for InRun
where
    F: Future<Output: Send + 'static> + Send + 'static,
{
    fn execute(&self, future: F) {
        drop(spawn(future));
    }
}

async fn serve(stream: TcpStream) -> hyper::Result<()> {
    http2::Builder::new(InRun).serve_connection(TokioIo::new(stream), service_fn(echo)).await
}

async fn post(mut client: SendRequest<Full<Bytes>>, body: Bytes) -> hyper::Result<()> {
    client.ready().await?;
    let request = Request::post("http://localhost/").body(Full::new(body.clone()));
    let answer = client.send_request(request.expect("a good request")).await?;
    assert_eq!(answer.into_body().collect().await?.to_bytes(), body);
    Ok(())
}

/// Posts all bodies at once, over one connection.
async fn post_all(stream: TcpStream, bodies: Vec<Bytes>) -> hyper::Result<()> {
    let (client, connection) = handshake(InRun, TokioIo::new(stream)).await?;
    let driver = spawn(connection);
    let posted = try_join_all(bodies.into_iter().map(|body| post(client.clone(), body))).await;
    drop(client);
    driver.await.expect("it does not panic")?;
    posted.map(drop)
}

#[reveille::test]
async fn bodies_come_back(#[strategy(some_bodies())] bodies: Vec<Bytes>) {
    let (near, far) = connection().await;
    let server = spawn(serve(far));
    post_all(near, bodies).await.unwrap();
    server.await.unwrap().unwrap();
}

/// A connection that is reset may be an error, to both; nobody may hang or panic.
#[reveille::test(with(reset))]
async fn a_reset_hangs_nobody(#[strategy(some_bodies())] bodies: Vec<Bytes>) {
    let (near, far) = connection().await;
    let server = spawn(serve(far));
    let client = post_all(near, bodies).await;
    let server = server.await.unwrap();
    reveille::sometimes!("everything is answered", client.is_ok() && server.is_ok());
    reveille::sometimes!("the client sees an error", client.is_err());
    reveille::sometimes!("the server sees an error", server.is_err());
}
