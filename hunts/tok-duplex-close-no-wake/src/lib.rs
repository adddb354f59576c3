//! tokio 1.5.1: whoever drops an end of a `duplex` does not wake a writer at the other
//! end, only a reader. Fixed in 1.6.0 (pull request 3756).

use std::io::ErrorKind;
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

/// A client uploads; the server reads the header, does not like it and hangs up.
pub async fn upload() {
    let (mut client, mut server) = duplex(8);
    let upload = reveille::spawn(async move {
        client.write_all(b"4096 bytes follow").await?;
        client.write_all(&[7; 4096]).await
    });
    let mut header = [0; 17];
    server.read_exact(&mut header).await.unwrap();
    drop(server);
    assert_eq!(upload.await.unwrap().unwrap_err().kind(), ErrorKind::BrokenPipe);
}

#[cfg(test)]
#[reveille::test]
async fn a_refused_upload_ends() {
    upload().await;
}
