//! h2 0.4.15: `poll_trailers` while data of the body is there and unread is pending without a
//! waker: neither the trailers nor the end of the connection wake who waits. Fixed in 0.4.16
//! (pull request 931).
#![cfg(test)]

use bytes::Bytes;
use h2::server::SendResponse;
use h2::{RecvStream, client, server};
use http::{HeaderMap, Request, Response};
use reveille::io::{DuplexStream, duplex};
use reveille::time::{sleep, timeout};
use std::time::Duration;

const TICK: Duration = Duration::from_millis(10);

/// Answers every request with a body of some chunks, and trailers.
async fn serve(wire: DuplexStream) {
    let mut connection = server::handshake(wire).await.unwrap();
    while let Some(request) = connection.accept().await {
        let (_, respond) = request.unwrap();
        let _answers = reveille::spawn_daemon(answer(respond));
    }
}

async fn answer(mut respond: SendResponse<Bytes>) {
    let mut body = respond.send_response(Response::new(()), false).unwrap();
    for _ in 0..reveille::draw(3) {
        sleep(reveille::draw(3) * TICK).await;
        body.send_data(Bytes::from_static(b"chunk"), false).unwrap();
    }
    sleep(reveille::draw(3) * TICK).await;
    body.send_trailers(HeaderMap::new()).unwrap();
}

/// The trailers say how it went. If they do not come soon, the body is read meanwhile.
async fn outcome(mut body: RecvStream) -> Option<HeaderMap> {
    let early =
        timeout(2 * TICK, reveille::watch(std::future::poll_fn(|cx| body.poll_trailers(cx))));
    if let Ok(trailers) = early.await {
        return trailers.unwrap();
    }
    while let Some(chunk) = body.data().await {
        let length = chunk.unwrap().len();
        body.flow_control().release_capacity(length).unwrap();
    }
    body.trailers().await.unwrap()
}

#[reveille::test]
async fn every_answer_ends_with_trailers() {
    let (ours, theirs) = duplex(1 << 14);
    let _server = reveille::spawn_daemon(serve(theirs));
    let (mut requests, connection) = client::handshake(ours).await.unwrap();
    let _connection = reveille::spawn_daemon(async { connection.await.unwrap() });
    for _ in 0..2 {
        let request = Request::get("http://localhost/").body(()).unwrap();
        let (response, _) = requests.send_request(request, true).unwrap();
        let body = response.await.unwrap().into_body();
        assert!(outcome(body).await.is_some());
    }
}
