//! The halves of a stream: one reads, the other writes.

use super::stream::{SocketAddr, UnixStream};
use crate::net::halves::halves;

halves!(UnixStream, SocketAddr);
