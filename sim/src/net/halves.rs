//! The halves of a stream, one that reads and one that writes, for TCP and Unix alike.

/// Defines the halves of a stream with addresses of a type.
macro_rules! halves {
    ($stream:ident, $address:ty) => {
        /// The half that reads, of a stream that was split and is borrowed.
        #[derive(Debug)]
        pub struct ReadHalf<'a>(&'a $stream);

        /// The half that writes, of a stream that was split and is borrowed.
        #[derive(Debug)]
        pub struct WriteHalf<'a>(&'a $stream);

        /// The half that reads, of a stream that was split and is owned by both.
        #[derive(Debug)]
        pub struct OwnedReadHalf(std::sync::Arc<$stream>);

        /// The half that writes, of a stream that was split and is owned by both. Dropping
        /// it shuts writing down.
        #[derive(Debug)]
        pub struct OwnedWriteHalf {
            stream: std::sync::Arc<$stream>,
            shuts_down: bool,
        }

        pub(super) fn split(stream: &$stream) -> (ReadHalf<'_>, WriteHalf<'_>) {
            (ReadHalf(stream), WriteHalf(stream))
        }

        pub(super) fn split_owned(stream: $stream) -> (OwnedReadHalf, OwnedWriteHalf) {
            let stream = std::sync::Arc::new(stream);
            (OwnedReadHalf(stream.clone()), OwnedWriteHalf { stream, shuts_down: true })
        }

        /// Two halves that are not of the same stream.
        #[derive(Debug)]
        pub struct ReuniteError(pub OwnedReadHalf, pub OwnedWriteHalf);

        impl std::fmt::Display for ReuniteError {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("tried to reunite halves that are not from the same socket")
            }
        }

        impl std::error::Error for ReuniteError {}

        impl OwnedReadHalf {
            /// The stream of which both are the halves.
            ///
            /// # Errors
            ///
            /// Gives the halves back if they are of two streams.
            pub fn reunite(self, other: OwnedWriteHalf) -> Result<$stream, ReuniteError> {
                if !std::sync::Arc::ptr_eq(&self.0, &other.stream) {
                    return Err(ReuniteError(self, other));
                }
                other.forget();
                let stream = std::sync::Arc::try_unwrap(self.0);
                Ok(stream.expect("a stream has two halves, and one is gone"))
            }
        }

        impl OwnedWriteHalf {
            /// The stream of which both are the halves.
            ///
            /// # Errors
            ///
            /// Gives the halves back if they are of two streams.
            pub fn reunite(self, other: OwnedReadHalf) -> Result<$stream, ReuniteError> {
                other.reunite(self)
            }

            /// Drops it, and writing is not shut down before the other half is dropped, too.
            pub fn forget(mut self) {
                self.shuts_down = false;
            }
        }

        impl Drop for OwnedWriteHalf {
            fn drop(&mut self) {
                if self.shuts_down
                    && let Some((core, socket)) = self.stream.0.get()
                {
                    // As tokio: there is nobody to tell.
                    let _ = socket.shut_down(core);
                }
            }
        }

        $crate::net::halves::half!($stream, $address, ReadHalf<'_>, |this| this.0);
        $crate::net::halves::half!($stream, $address, WriteHalf<'_>, |this| this.0);
        $crate::net::halves::half!($stream, $address, OwnedReadHalf, |this| &this.0);
        $crate::net::halves::half!($stream, $address, OwnedWriteHalf, |this| &this.stream);
        $crate::net::halves::reading_half!(ReadHalf<'_>);
        $crate::net::halves::reading_half!(OwnedReadHalf);
        $crate::net::halves::writing_half!(WriteHalf<'_>);
        $crate::net::halves::writing_half!(OwnedWriteHalf);
    };
}

/// What every half can.
macro_rules! half {
    ($stream:ident, $address:ty, $half:ty, |$this:ident| $inner:expr) => {
        impl $half {
            fn stream(&self) -> &$stream {
                let $this = self;
                $inner
            }

            /// The address of the other end.
            ///
            /// # Errors
            ///
            /// `NotConnected` outside its run.
            pub fn peer_addr(&self) -> std::io::Result<$address> {
                self.stream().peer_addr()
            }

            /// The address of this end.
            ///
            /// # Errors
            ///
            /// `NotConnected` outside its run.
            pub fn local_addr(&self) -> std::io::Result<$address> {
                self.stream().local_addr()
            }

            /// Waits until one of `interest` is possible.
            ///
            /// # Errors
            ///
            /// As the method of the stream.
            pub async fn ready(
                &self,
                interest: $crate::reactor::Interest,
            ) -> std::io::Result<$crate::reactor::Ready> {
                self.stream().ready(interest).await
            }
        }

        impl AsRef<$stream> for $half {
            fn as_ref(&self) -> &$stream {
                self.stream()
            }
        }

        impl $crate::io::Stream for $half {
            fn poll_read(
                &self,
                cx: &mut std::task::Context<'_>,
                buffer: &mut [u8],
            ) -> std::task::Poll<std::io::Result<usize>> {
                $crate::io::Stream::poll_read(self.stream(), cx, buffer)
            }

            fn poll_write(
                &self,
                cx: &mut std::task::Context<'_>,
                bytes: &[u8],
            ) -> std::task::Poll<std::io::Result<usize>> {
                $crate::io::Stream::poll_write(self.stream(), cx, bytes)
            }

            fn poll_write_vectored(
                &self,
                cx: &mut std::task::Context<'_>,
                slices: &[std::io::IoSlice<'_>],
            ) -> std::task::Poll<std::io::Result<usize>> {
                $crate::io::Stream::poll_write_vectored(self.stream(), cx, slices)
            }

            fn poll_flush(
                &self,
                cx: &mut std::task::Context<'_>,
            ) -> std::task::Poll<std::io::Result<()>> {
                $crate::io::Stream::poll_flush(self.stream(), cx)
            }

            fn poll_close(
                &self,
                cx: &mut std::task::Context<'_>,
            ) -> std::task::Poll<std::io::Result<()>> {
                $crate::io::Stream::poll_close(self.stream(), cx)
            }
        }
    };
}

/// What a half that reads can.
macro_rules! reading_half {
    ($half:ty) => {
        impl $half {
            /// Waits until something can be read, or nothing more will come.
            ///
            /// # Errors
            ///
            /// As the method of the stream.
            pub async fn readable(&self) -> std::io::Result<()> {
                self.stream().readable().await
            }

            /// Reads what is there now.
            ///
            /// # Errors
            ///
            /// As the method of the stream.
            pub fn try_read(&self, buffer: &mut [u8]) -> std::io::Result<usize> {
                self.stream().try_read(buffer)
            }
        }

        $crate::io::implement_io!($half: read);
    };
}

/// What a half that writes can.
macro_rules! writing_half {
    ($half:ty) => {
        impl $half {
            /// Waits until something can be written.
            ///
            /// # Errors
            ///
            /// As the method of the stream.
            pub async fn writable(&self) -> std::io::Result<()> {
                self.stream().writable().await
            }

            /// Writes what there is room for now.
            ///
            /// # Errors
            ///
            /// As the method of the stream.
            pub fn try_write(&self, bytes: &[u8]) -> std::io::Result<usize> {
                self.stream().try_write(bytes)
            }
        }

        $crate::io::implement_io!($half: write);
    };
}

pub(in crate::net) use {half, halves, reading_half, writing_half};
