//! Links between hosts: how long packets take, and what parts the hosts.

use super::host::{Operated, ToHost};
use super::machine::HostId;
use super::network::{Network, Way};
use crate::choice::Kind;
use crate::reactor::elsewhere;
use crate::world::{self, Core};
use std::io::{self, ErrorKind};
use std::ops::RangeInclusive;
use std::rc::Rc;
use std::time::Duration;

/// What a latency can be given as: one duration, or the shortest and the longest.
pub trait LinkLatency {
    #[doc(hidden)]
    fn bounds(self) -> (Duration, Duration);
}

impl LinkLatency for Duration {
    fn bounds(self) -> (Duration, Duration) {
        (self, self)
    }
}

impl LinkLatency for RangeInclusive<Duration> {
    fn bounds(self) -> (Duration, Duration) {
        self.into_inner()
    }
}

/// Two hosts, as an operator sees them.
struct Pair {
    core: &'static Core,
    network: Rc<Network>,
    one: HostId,
    other: HostId,
}

#[track_caller]
fn pair(what: &str, one: impl ToHost, other: impl ToHost) -> io::Result<Pair> {
    let operated = Operated::new(what);
    let (one, other) = (operated.id(one)?, operated.id(other)?);
    let Operated { core, network } = operated;
    if one == other {
        let name = network.machine(one).map_or_else(String::new, |machine| machine.name.clone());
        let text =
            format!("`{what}` needs two hosts: there is nothing between `{name}` and itself");
        return Err(io::Error::new(ErrorKind::InvalidInput, text));
    }
    Ok(Pair { core, network, one, other })
}

impl Pair {
    fn name(&self, id: HostId) -> String {
        self.network.machine(id).map_or_else(String::new, |machine| machine.name.clone())
    }

    /// Records what is done to the two.
    fn note(&self, verb: &'static str, between: &str) {
        let part = || format!("{} {between} {}", self.name(self.one), self.name(self.other));
        self.core.note_operation(verb, part);
    }

    fn set_both(&self, change: impl Fn(&mut Way)) {
        self.network.set_way(self.one, self.other, &change);
        self.network.set_way(self.other, self.one, &change);
    }
}

/// The link between two hosts, in both directions.
///
/// ```
/// # use reveille_sim as reveille;
/// # reveille::doc(|| async {
/// use reveille::net;
/// use std::time::Duration;
///
/// let (one, other) = (net::host("one").build().unwrap(), net::host("other").build().unwrap());
/// let millisecond = Duration::from_millis(1);
/// let link = net::link(one, other).unwrap().latency(millisecond..=5 * millisecond).unwrap();
/// link.permit_loss().permit_duplication();
/// # });
/// ```
///
/// # Errors
///
/// `NotFound` if there is no such host, `InvalidInput` if both are the same.
///
/// # Panics
///
/// Outside a run.
#[track_caller]
pub fn link(one: impl ToHost, other: impl ToHost) -> io::Result<Link> {
    let Pair { core, one, other, .. } = pair("net::link", one, other)?;
    Ok(Link { outlet: core.outlet(), run: core.run.get(), one, other })
}

/// The plan of a [`link`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    outlet: usize,
    run: u64,
    one: HostId,
    other: HostId,
}

impl Link {
    fn pair(self) -> io::Result<Pair> {
        let core = world::current().filter(|core| core.is_run(self.outlet, self.run));
        let core = core.ok_or_else(elsewhere)?;
        Ok(Pair { core, network: Network::of(core), one: self.one, other: self.other })
    }

    /// How long what is sent is under way. Of a range the choice `latency` takes the
    /// shortest, the longest or the middle for every packet; order is kept.
    ///
    /// # Errors
    ///
    /// `InvalidInput` if the shortest is longer than the longest.
    pub fn latency(self, latency: impl LinkLatency) -> io::Result<Link> {
        let (shortest, longest) = checked(latency)?;
        self.pair()?.set_both(|way| {
            (way.shortest, way.longest) = (shortest, longest);
            way.has_own_latency = true;
        });
        Ok(self)
    }

    fn permit(self, kind: Kind) -> Link {
        if let Ok(pair) = self.pair() {
            pair.set_both(|way| way.permits = way.permits.with(kind));
        }
        self
    }

    /// Datagrams may be lost.
    pub fn permit_loss(self) -> Link {
        self.permit(Kind::Loss)
    }

    /// Datagrams may arrive twice.
    pub fn permit_duplication(self) -> Link {
        self.permit(Kind::Duplication)
    }

    /// Datagrams may be overtaken by later ones.
    pub fn permit_reordering(self) -> Link {
        self.permit(Kind::Reordering)
    }

    /// Connections may be reset.
    pub fn permit_reset(self) -> Link {
        self.permit(Kind::Reset)
    }

    /// Connections may be refused.
    pub fn permit_refusal(self) -> Link {
        self.permit(Kind::Refused)
    }
}

fn checked(latency: impl LinkLatency) -> io::Result<(Duration, Duration)> {
    let (shortest, longest) = latency.bounds();
    if shortest > longest {
        let text = format!("expected a latency from the shortest, got {shortest:?} to {longest:?}");
        return Err(io::Error::new(ErrorKind::InvalidInput, text));
    }
    Ok((shortest, longest))
}

/// How long packets are under way between hosts of whose [`link`] no latency is said; by
/// default, no time at all.
///
/// # Errors
///
/// `InvalidInput` if the shortest is longer than the longest.
///
/// # Panics
///
/// Outside a run.
#[track_caller]
pub fn default_latency(latency: impl LinkLatency) -> io::Result<()> {
    let core = world::expect_current("net::default_latency");
    let (shortest, longest) = checked(latency)?;
    Network::of(core).set_usual(|way| (way.shortest, way.longest) = (shortest, longest));
    Ok(())
}

/// Parts two hosts: what they send each other is lost, until [`heal`].
///
/// # Errors
///
/// `NotFound` if there is no such host, `InvalidInput` if both are the same.
///
/// # Panics
///
/// Outside a run.
#[track_caller]
pub fn partition(one: impl ToHost, other: impl ToHost) -> io::Result<()> {
    let pair = pair("net::partition", one, other)?;
    pair.note("parts", "and");
    pair.set_both(|way| way.cut = true);
    Ok(())
}

/// What `from` sends to `to` is lost, and the other way it arrives.
///
/// # Errors
///
/// As [`partition`].
///
/// # Panics
///
/// Outside a run.
#[track_caller]
pub fn partition_oneway(from: impl ToHost, to: impl ToHost) -> io::Result<()> {
    let pair = pair("net::partition_oneway", from, to)?;
    pair.note("cuts the way from", "to");
    pair.network.set_way(pair.one, pair.other, |way| way.cut = true);
    Ok(())
}

/// Ends every partition of two hosts. A connection goes on when it next sends again what
/// was lost.
///
/// # Errors
///
/// As [`partition`].
///
/// # Panics
///
/// Outside a run.
#[track_caller]
pub fn heal(one: impl ToHost, other: impl ToHost) -> io::Result<()> {
    let pair = pair("net::heal", one, other)?;
    pair.note("heals the link of", "and");
    pair.set_both(|way| way.cut = false);
    Ok(())
}

/// Keeps what two hosts send each other, until [`release`].
///
/// # Errors
///
/// As [`partition`].
///
/// # Panics
///
/// Outside a run.
#[track_caller]
pub fn hold(one: impl ToHost, other: impl ToHost) -> io::Result<()> {
    let pair = pair("net::hold", one, other)?;
    pair.note("holds the link of", "and");
    pair.set_both(|way| way.held = true);
    Ok(())
}

/// Lets what two hosts sent each other go on, in its order.
///
/// # Errors
///
/// As [`partition`].
///
/// # Panics
///
/// Outside a run.
#[track_caller]
pub fn release(one: impl ToHost, other: impl ToHost) -> io::Result<()> {
    let pair = pair("net::release", one, other)?;
    pair.note("releases the link of", "and");
    pair.set_both(|way| way.held = false);
    pair.network.release(pair.core, pair.one, pair.other);
    pair.network.release(pair.core, pair.other, pair.one);
    Ok(())
}

/// How many bytes a connection that is made from now on takes before they are read, in
/// each direction: in the buffer of the sender and in that of the receiver, 64 KiB each by
/// default. Memory is taken only for bytes that are there.
///
/// # Errors
///
/// `InvalidInput` if both are 0.
///
/// # Panics
///
/// Outside a run.
#[track_caller]
pub fn set_buffers(send: usize, receive: usize) -> io::Result<()> {
    let core = world::expect_current("net::set_buffers");
    let capacity = send.saturating_add(receive);
    if capacity == 0 {
        let text = "expected room for at least one byte in the buffers of a connection, got 0";
        return Err(io::Error::new(ErrorKind::InvalidInput, text));
    }
    Network::of(core).capacity.set(capacity);
    Ok(())
}
