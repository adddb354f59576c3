//! A mebibyte goes to a server in pieces and comes back: the program that every contender
//! runs as it is, over streams of its own.

use std::time::Duration;
use tokio::io::{self, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

pub const PORT: u16 = 80;
const PIECE: usize = 4 << 10;
const PIECES: usize = 256;

#[derive(Clone, Copy, Debug)]
pub struct Echo {
    pub pace: Pace,
    /// How long what is sent is under way, in virtual time.
    pub latency: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// A piece is sent when the one before is back.
    OneByOne,
    /// Pieces are sent as long as there is room for them.
    Streamed,
}

/// How much came back, and after what virtual time.
#[derive(Debug)]
pub struct Echoed {
    pub bytes: usize,
    pub took: Duration,
}

impl Echo {
    /// The client: sends all pieces; answers how many bytes came back.
    pub async fn ask(self, stream: impl AsyncRead + AsyncWrite + Unpin) -> io::Result<usize> {
        match self.pace {
            Pace::OneByOne => ask_one_by_one(stream).await,
            Pace::Streamed => ask_streamed(stream).await,
        }
    }

    /// Looks whether a run did all that it should have.
    pub fn check(self, echoed: &Echoed) {
        assert_eq!(echoed.bytes, PIECE * PIECES, "expected every byte to come back");
        let trips = match self.pace {
            Pace::OneByOne => PIECES,
            Pace::Streamed => 1,
        };
        let least = 2 * self.latency * trips as u32;
        assert!(echoed.took >= least, "expected to take at least {least:?}, got {echoed:?}");
    }
}

/// The server: sends back what comes.
pub async fn serve(mut stream: impl AsyncRead + AsyncWrite + Unpin) -> io::Result<()> {
    let mut buffer = [0; PIECE];
    loop {
        match stream.read(&mut buffer).await? {
            0 => return Ok(()),
            count => stream.write_all(&buffer[..count]).await?,
        }
        stream.flush().await?;
    }
}

async fn ask_one_by_one(mut stream: impl AsyncRead + AsyncWrite + Unpin) -> io::Result<usize> {
    let (mut sent, mut received) = ([0; PIECE], [0; PIECE]);
    let mut bytes = 0;
    for number in 0..PIECES {
        send(&mut stream, number, &mut sent).await?;
        bytes += receive(&mut stream, number, &mut received).await?;
    }
    Ok(bytes)
}

async fn ask_streamed(stream: impl AsyncRead + AsyncWrite + Unpin) -> io::Result<usize> {
    let (mut from, mut to) = io::split(stream);
    let sending = async {
        let mut piece = [0; PIECE];
        for number in 0..PIECES {
            send(&mut to, number, &mut piece).await?;
        }
        Ok(())
    };
    let receiving = async {
        let (mut piece, mut bytes) = ([0; PIECE], 0);
        for number in 0..PIECES {
            bytes += receive(&mut from, number, &mut piece).await?;
        }
        Ok(bytes)
    };
    futures::try_join!(sending, receiving).map(|((), bytes)| bytes)
}

async fn send(
    stream: &mut (impl AsyncWrite + Unpin),
    number: usize,
    piece: &mut [u8; PIECE],
) -> io::Result<()> {
    piece[0] = number as u8;
    stream.write_all(piece).await?;
    // Without it madsim sends nothing.
    stream.flush().await
}

async fn receive(
    stream: &mut (impl AsyncRead + Unpin),
    number: usize,
    piece: &mut [u8; PIECE],
) -> io::Result<usize> {
    let bytes = stream.read_exact(piece).await?;
    assert_eq!(piece[0], number as u8, "expected the pieces in their order");
    Ok(bytes)
}
