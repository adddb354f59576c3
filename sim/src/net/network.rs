//! The network of a run: its hosts, the ways between them, and what happens to a packet.

use super::machine::{HostId, Machine, plain_ip, usual_addresses};
use super::packet::{Packet, PacketKind};
use super::rule::{Fate, Judge};
use crate::choice::Kind;
use crate::fault::Faults;
use crate::few::Few;
use crate::private::Private;
use crate::trace::What;
use crate::world::{self, Core};
use std::cell::{Cell, RefMut};
use std::io::{self, ErrorKind};
use std::net::IpAddr;
use std::rc::Rc;
use std::time::Duration;

/// Of a connection, in bytes: what Linux begins with.
const SEND_BUFFER: usize = 64 << 10;
const RECEIVE_BUFFER: usize = 64 << 10;

/// How a packet goes from one host to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Way {
    pub(crate) shortest: Duration,
    pub(crate) longest: Duration,
    /// Whether they were said of this way, or are the usual ones.
    pub(crate) has_own_latency: bool,
    pub(crate) cut: bool,
    pub(crate) held: bool,
    /// What the plan of the link permits, beside what the test does.
    pub(crate) permits: Faults,
}

const IMMEDIATE: Way = Way {
    shortest: Duration::ZERO,
    longest: Duration::ZERO,
    has_own_latency: false,
    cut: false,
    held: false,
    permits: Faults::NONE,
};

impl Way {
    /// Whether every packet is there at once.
    fn is_immediate(self) -> bool {
        Way { has_own_latency: false, ..self } == IMMEDIATE
    }
}

/// When a packet arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transit {
    Now,
    In(Duration),
    /// It arrives twice.
    Twice(Duration),
    /// It is kept until the link is released.
    Held,
    Lost,
}

/// What is to happen when a packet that was held goes on.
type Release = Box<dyn FnOnce(&Core)>;

/// The network of a run.
pub(crate) struct Network {
    machines: Private<Vec<Rc<Machine>>>,
    /// How packets go where nothing else was said.
    usual: Cell<Way>,
    ways: Private<Few<(HostId, HostId), Way>>,
    rules: Private<Vec<(u64, Judge)>>,
    rules_made: Cell<u64>,
    held: Private<Vec<(HostId, HostId, Release)>>,
    /// Nothing can happen to a packet: it is there at once.
    immediate: Cell<bool>,
    /// Bytes under way in one direction of a connection.
    pub(crate) capacity: Cell<usize>,
}

impl std::fmt::Debug for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Network").finish_non_exhaustive()
    }
}

/// What the run owns. Packets that are held own sockets, and these the network.
#[derive(Debug)]
struct Owner(Rc<Network>);

impl Default for Owner {
    fn default() -> Owner {
        let localhost = HostId::default();
        let machine = Machine::new(localhost, "localhost".into(), usual_addresses(localhost));
        Owner(Rc::new(Network {
            machines: Private::new(vec![Rc::new(machine)]),
            usual: Cell::new(IMMEDIATE),
            ways: Private::default(),
            rules: Private::default(),
            rules_made: Cell::new(0),
            held: Private::default(),
            immediate: Cell::new(true),
            capacity: Cell::new(SEND_BUFFER + RECEIVE_BUFFER),
        }))
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        drop(self.0.held.with(std::mem::take));
        drop(self.0.rules.with(std::mem::take));
        for machine in self.0.machines.with(|machines| machines.clone()) {
            drop(machine.on_crash.with(std::mem::take));
            drop(machine.on_restart.with(std::mem::take));
        }
    }
}

impl Network {
    /// The network of the run.
    pub(crate) fn of(core: &Core) -> Rc<Network> {
        core.only::<Owner>().0.clone()
    }

    /// The same, if the run has used it and is not over.
    pub(crate) fn if_used(core: &Core) -> Option<Rc<Network>> {
        core.only_if_made::<Owner>().map(|owner| owner.0.clone())
    }

    /// The host on which the calling task runs.
    pub(crate) fn here(&self, core: &Core) -> Rc<Machine> {
        self.machine(core.host()).unwrap_or_else(|| self.machines.with(|all| all[0].clone()))
    }

    pub(crate) fn machine(&self, id: HostId) -> Option<Rc<Machine>> {
        self.machines.with(|machines| machines.get(id.0 as usize).cloned())
    }

    pub(crate) fn named(&self, name: &str) -> io::Result<Rc<Machine>> {
        let found = self.machines.with(|all| all.iter().find(|one| one.name == name).cloned());
        found.ok_or_else(|| {
            let text = format!("there is no host `{name}`: make it with `net::host(\"{name}\")`");
            io::Error::new(ErrorKind::NotFound, text)
        })
    }

    /// The host that has this address, as an operator sees it.
    pub(crate) fn with_address(&self, ip: IpAddr) -> io::Result<HostId> {
        let machines = self.machines.with(|machines| machines.clone());
        let found = machines.iter().find(|one| one.addresses.contains(&plain_ip(ip)));
        found.map(|machine| machine.id).ok_or_else(|| {
            io::Error::new(ErrorKind::NotFound, format!("there is no host with address {ip}"))
        })
    }

    /// The host that has this address, as seen from `here`.
    pub(crate) fn at(&self, here: &Rc<Machine>, ip: IpAddr) -> Option<Rc<Machine>> {
        if here.owns(ip) {
            return Some(here.clone());
        }
        let ip = plain_ip(ip);
        self.machines.with(|all| all.iter().find(|one| one.addresses.contains(&ip)).cloned())
    }

    /// Adds a host.
    pub(crate) fn add(&self, name: &str, addresses: Vec<IpAddr>) -> io::Result<Rc<Machine>> {
        let exists = |text| Err(io::Error::new(ErrorKind::AlreadyExists, text));
        if self.named(name).is_ok() {
            return exists(format!("there is a host `{name}` already"));
        }
        let id = HostId(self.machines.with(|machines| machines.len() as u32));
        let addresses = if addresses.is_empty() { usual_addresses(id) } else { addresses };
        let machines = self.machines.with(|machines| machines.clone());
        for address in &addresses {
            if let Some(other) = machines.iter().find(|other| other.owns(*address)) {
                let other = &other.name;
                return exists(format!("host `{name}` cannot have {address}: `{other}` has it"));
            }
        }
        let machine = Rc::new(Machine::new(id, name.to_owned(), addresses));
        self.machines.with(|machines| machines.push(machine.clone()));
        Ok(machine)
    }

    /// How packets go from one host to the other.
    pub(crate) fn way(&self, from: HostId, to: HostId) -> Way {
        let usual = if from == to { IMMEDIATE } else { self.usual.get() };
        match self.ways.with(|ways| ways.get(&(from, to)).copied()) {
            Some(way) if way.has_own_latency => way,
            Some(way) => Way { shortest: usual.shortest, longest: usual.longest, ..way },
            None => usual,
        }
    }

    pub(crate) fn set_way(&self, from: HostId, to: HostId, change: impl FnOnce(&mut Way)) {
        let mut way = self.way(from, to);
        change(&mut way);
        self.ways.with(|ways| ways.insert((from, to), way));
        self.look_again();
    }

    /// Changes how packets go between hosts of which nothing else is said.
    pub(crate) fn set_usual(&self, change: impl FnOnce(&mut Way)) {
        let mut way = self.usual.get();
        change(&mut way);
        self.usual.set(way);
        self.look_again();
    }

    /// Adds a rule; answers its number.
    pub(crate) fn add_rule(&self, judge: Judge) -> u64 {
        let number = self.rules_made.get();
        self.rules_made.set(number + 1);
        self.rules.with(|rules| rules.push((number, judge)));
        self.look_again();
        number
    }

    pub(crate) fn remove_rule(&self, number: u64) {
        let gone = self.rules.with(|rules| {
            let at = rules.iter().position(|(other, _)| *other == number)?;
            Some(rules.remove(at))
        });
        drop(gone);
        self.look_again();
    }

    /// Something changed: whether packets still are there at once.
    pub(crate) fn look_again(&self) {
        let immediate = self.usual.get().is_immediate()
            && self.rules.with(|rules| rules.is_empty())
            && self.ways.with(|ways| ways.values().all(|way| way.is_immediate()))
            && self.machines.with(|machines| machines.iter().all(|machine| machine.up.get()));
        self.immediate.set(immediate);
    }

    /// Whether every packet is there at once.
    #[inline(always)]
    pub(crate) fn is_immediate(&self) -> bool {
        self.immediate.get()
    }

    /// Whether a fault strikes a packet or a connection between these hosts.
    pub(crate) fn strikes(&self, core: &Core, kind: Kind, from: HostId, to: HostId) -> bool {
        let permitted = core.faults.get().has(kind)
            || !self.is_immediate() && self.way(from, to).permits.has(kind);
        permitted && core.choose(kind, 2) == 1
    }

    /// What happens to a packet that is sent now.
    #[inline]
    pub(crate) fn transit(&self, core: &Core, packet: &Packet<'_>) -> Transit {
        if self.immediate.get() { Transit::Now } else { self.judge(core, packet) }
    }

    /// Sends a packet without bytes; if it is lost, it is.
    pub(crate) fn send_once(
        self: &Rc<Self>,
        core: &Core,
        packet: &Packet<'_>,
        arrive: impl FnOnce(&Core) + 'static,
    ) {
        match self.transit(core, packet) {
            Transit::Lost => {}
            Transit::Now => arrive(core),
            Transit::In(delay) | Transit::Twice(delay) => core.happen_later(delay, arrive),
            Transit::Held => {
                let (network, from, to) = (self.clone(), packet.from, packet.to);
                self.keep(from, to, move |core| {
                    core.happen_later(network.latency_between(from, to), arrive);
                });
            }
        }
    }

    fn judge(&self, core: &Core, packet: &Packet<'_>) -> Transit {
        let is_up = |id| self.machine(id).is_some_and(|machine| machine.up.get());
        let way = self.way(packet.from, packet.to);
        if way.cut || !is_up(packet.from) || !is_up(packet.to) {
            return Transit::Lost;
        }
        let (delay, twice) = match self.ask_rules(packet) {
            Fate::Drop => return Transit::Lost,
            Fate::Pass => (Duration::ZERO, false),
            Fate::Delay(delay) => (delay, false),
            Fate::Duplicate => (Duration::ZERO, true),
        };
        if way.held {
            return Transit::Held;
        }
        let delay = delay.saturating_add(latency(core, way, packet.kind));
        match () {
            () if twice => Transit::Twice(delay),
            () if delay.is_zero() => Transit::Now,
            () => Transit::In(delay),
        }
    }

    fn ask_rules(&self, packet: &Packet<'_>) -> Fate {
        let rules = self.rules.with(|rules| rules.clone());
        for (_, rule) in rules {
            let fate = rule.try_borrow_mut().map(|mut rule: RefMut<'_, _>| rule(packet));
            match fate {
                // A rule that sends packets does not judge them.
                Err(_) | Ok(Fate::Pass) => {}
                Ok(fate) => return fate,
            }
        }
        Fate::Pass
    }

    /// Keeps a packet until the link is released.
    pub(crate) fn keep(&self, from: HostId, to: HostId, release: impl FnOnce(&Core) + 'static) {
        self.held.with(|held| held.push((from, to, Box::new(release))));
    }

    /// Lets the packets go on that were kept between two hosts, in their order.
    pub(crate) fn release(&self, core: &Core, from: HostId, to: HostId) {
        let released: Vec<Release> = self.held.with(|held| {
            let is_one = |held: &mut (HostId, HostId, Release)| (held.0, held.1) == (from, to);
            held.extract_if(.., is_one).map(|(.., release)| release).collect()
        });
        for release in released {
            release(core);
        }
    }

    /// How long a packet that was kept is still under way.
    pub(crate) fn latency_between(&self, from: HostId, to: HostId) -> Duration {
        self.way(from, to).shortest
    }
}

/// How long a packet is under way.
fn latency(core: &Core, way: Way, kind: PacketKind) -> Duration {
    // Nobody can tell when the window was opened.
    if way.shortest == way.longest || kind == PacketKind::Window {
        return way.shortest;
    }
    match core.strength(Kind::Latency, 3) {
        0 => way.shortest,
        1 => way.longest,
        _ => way.shortest + (way.longest - way.shortest) / 2,
    }
}

impl Core {
    /// Records what the test did to a part of the network.
    pub(crate) fn note_operation(&self, verb: &'static str, part: impl FnOnce() -> String) {
        let source = self.sources.get();
        self.sources.set(source + 1);
        if self.recording.get() {
            let name = part();
            self.with_recorder(|recorder| recorder.name_source(&name));
            self.record(|| What::Io { source, verb, result: Ok(0) });
        }
    }

    /// Has `event` happen after `delay`.
    pub(crate) fn happen_later(&self, delay: Duration, event: impl FnOnce(&Core) + 'static) {
        self.happen_after(delay, move || {
            if let Some(core) = world::current() {
                event(core);
            }
        });
    }

    /// The host on which the running task is.
    pub(crate) fn host(&self) -> HostId {
        self.running.get().map_or(HostId::default(), |task| task.record().host.get())
    }
}
