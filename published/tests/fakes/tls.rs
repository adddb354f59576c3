//! `rustls` through `futures-rustls`: what goes through TLS comes out, or an error does.

use crate::network::connection;
use futures::io::{AsyncReadExt, AsyncWriteExt, copy};
use futures_rustls::rustls::client::Resumption;
use futures_rustls::rustls::crypto::ring::default_provider;
use futures_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use futures_rustls::rustls::{ClientConfig, RootCertStore, ServerConfig};
use futures_rustls::{TlsAcceptor, TlsConnector};
use rcgen::{CertificateParams, KeyPair, PKCS_ED25519};
use reveille::net::TcpStream;
use reveille::proptest::{collection::vec, prelude::*};
use reveille::spawn;
use std::io;
use std::sync::{Arc, LazyLock};

/// A certificate that has the same length whenever it is made, as have the signatures of
/// its key: with random lengths runs could not be repeated.
fn certificate() -> (CertificateDer<'static>, PrivateKeyDer<'static>) {
    let key = KeyPair::generate_for(&PKCS_ED25519).unwrap();
    let mut parameters = CertificateParams::new(["localhost".to_owned()]).unwrap();
    parameters.serial_number = Some(1.into());
    let certificate = parameters.self_signed(&key).unwrap();
    (certificate.der().clone(), key.serialize_der().try_into().unwrap())
}

/// Who accepts and who connects.
static CONFIGURATIONS: LazyLock<(TlsAcceptor, TlsConnector)> = LazyLock::new(|| {
    let (certificate, key) = certificate();
    let provider = Arc::new(default_provider());
    let server = ServerConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)
        .unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(certificate).unwrap();
    let mut client = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    // A run must not depend on those before it.
    client.resumption = Resumption::disabled();
    (Arc::new(server).into(), Arc::new(client).into())
});

/// Sends back what comes, until the client closes.
async fn echo(stream: TcpStream) -> io::Result<()> {
    let stream = CONFIGURATIONS.0.accept(stream).await?;
    let (reader, mut writer) = stream.split();
    copy(reader, &mut writer).await?;
    writer.close().await
}

async fn exchange(stream: TcpStream, content: &[u8]) -> io::Result<Vec<u8>> {
    let name = "localhost".try_into().expect("a good name");
    let stream = CONFIGURATIONS.1.connect(name, stream).await?;
    let (mut reader, mut writer) = stream.split();
    let send_all = async {
        writer.write_all(content).await?;
        writer.close().await
    };
    let mut answer = Vec::new();
    futures::try_join!(send_all, reader.read_to_end(&mut answer))?;
    Ok(answer)
}

#[reveille::test]
async fn what_is_sent_comes_back(#[strategy(vec(any::<u8>(), 0..300))] content: Vec<u8>) {
    let (near, far) = connection().await;
    let server = spawn(echo(far));
    assert_eq!(exchange(near, &content).await.unwrap(), content);
    server.await.unwrap().unwrap();
}

/// A connection that is reset may be an error, to both; nobody may hang or panic.
#[reveille::test(with(reset))]
async fn a_reset_hangs_nobody(#[strategy(vec(any::<u8>(), 0..300))] content: Vec<u8>) {
    let (near, far) = connection().await;
    let server = spawn(echo(far));
    let client = exchange(near, &content).await;
    let server = server.await.unwrap();
    if let Ok(answer) = &client {
        assert_eq!(*answer, content);
    }
    reveille::sometimes!("everything comes back", client.is_ok() && server.is_ok());
    reveille::sometimes!("the client sees an error", client.is_err());
    reveille::sometimes!("the server sees an error", server.is_err());
}
