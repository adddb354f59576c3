//! Rules: what the test has happen to single packets.

use super::network::Network;
use super::packet::Packet;
use crate::world;
use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;
use std::time::Duration;

/// What happens to a packet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fate {
    /// What would happen without the rule.
    #[default]
    Pass,
    /// It is lost. TCP sends it again, after a while.
    Drop,
    /// It takes that much longer. Of a connection, what comes later waits for it.
    Delay(Duration),
    /// It arrives twice. TCP ignores the second one.
    Duplicate,
}

pub(crate) type Judge = Rc<RefCell<dyn FnMut(&Packet<'_>) -> Fate>>;

/// Has `judge` decide about every packet that is sent, until the guard is dropped.
///
/// Of several rules the one made first that does not let a packet pass decides.
/// The closure must not use the network itself.
///
/// ```
/// # use reveille_sim as reveille;
/// use reveille::net::{self, Fate, PacketKind, TcpListener, TcpStream};
/// use std::time::Duration;
///
/// # reveille::doc(|| async {
/// let listener = TcpListener::bind("127.0.0.1:80").await.unwrap();
/// let mut first = true;
/// let rule = net::rule(move |packet| match packet.kind {
///     PacketKind::Handshake if std::mem::take(&mut first) => Fate::Drop,
///     _ => Fate::Pass,
/// });
/// let begin = reveille::time::Instant::now();
/// TcpStream::connect("127.0.0.1:80").await.unwrap();
/// // The first packet of a connection is sent again after a second.
/// assert_eq!(begin.elapsed(), Duration::from_secs(1));
/// drop(rule);
/// # drop(listener);
/// # });
/// ```
///
/// # Panics
///
/// Outside a run.
#[track_caller]
pub fn rule(judge: impl FnMut(&Packet<'_>) -> Fate + 'static) -> Rule {
    let core = world::expect_current("net::rule");
    let number = Network::of(core).add_rule(Rc::new(RefCell::new(judge)));
    Rule { number, outlet: core.outlet(), run: core.run.get() }
}

/// The guard of a [`rule`].
#[must_use = "dropping it ends the rule"]
pub struct Rule {
    number: u64,
    outlet: usize,
    run: u64,
}

impl Drop for Rule {
    fn drop(&mut self) {
        let core = world::current().filter(|core| core.is_run(self.outlet, self.run));
        if let Some(network) = core.and_then(Network::if_used) {
            network.remove_rule(self.number);
        }
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Rule").field(&self.number).finish()
    }
}
