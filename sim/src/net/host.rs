//! Hosts: where tasks run, and what can crash.

use super::machine::{HostId, Machine};
use super::network::Network;
use super::tcp::{Listener, Socket};
use super::udp::Datagrams;
use super::unix;
use crate::fs::Disks;
use crate::join::JoinHandle;
use crate::ledger::flag::{DAEMON, OVER, RUNNING, SHARES};
use crate::reactor::elsewhere;
use crate::task::TaskRef;
use crate::trace::TaskId;
use crate::world::{self, Core};
use std::fmt;
use std::io::{self, ErrorKind};
use std::net::IpAddr;
use std::panic::Location;
use std::rc::Rc;

/// How often what the destructors of a crash spawn is dropped, too.
const ROUNDS: usize = 100;

/// A host of the run: the name of one, to be copied at will.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Host {
    id: HostId,
    outlet: usize,
    run: u64,
}

/// Begins a host with a name of its own.
///
/// ```
/// # use reveille_sim as reveille;
/// # reveille::doc(|| async {
/// let server = reveille::net::host("server").address("10.0.0.7".parse().unwrap());
/// let server = server.build().unwrap();
/// assert_eq!(server.spawn(async { reveille::net::Host::current().name() }).await.unwrap(), "server");
/// # });
/// ```
pub fn host(name: &str) -> HostBuilder {
    HostBuilder { name: name.to_owned(), addresses: Vec::new() }
}

/// Makes a host; see [`host`].
#[derive(Clone, Debug)]
#[must_use = "nothing is made before `build`"]
pub struct HostBuilder {
    name: String,
    addresses: Vec<IpAddr>,
}

impl HostBuilder {
    /// Gives it an address; it may have several. A host that is given none has one of
    /// IPv4 and one of IPv6.
    pub fn address(mut self, address: IpAddr) -> HostBuilder {
        self.addresses.push(address);
        self
    }

    /// Makes the host.
    ///
    /// # Errors
    ///
    /// `AlreadyExists` if another host has the name or an address, `InvalidInput` if the
    /// name is empty or an address is none of a single host.
    ///
    /// # Panics
    ///
    /// Outside a run.
    #[track_caller]
    pub fn build(self) -> io::Result<Host> {
        let core = world::expect_current("net::host");
        let invalid = |text| Err(io::Error::new(ErrorKind::InvalidInput, text));
        if self.name.is_empty() || self.name.contains([':', '[', ']']) {
            return invalid(format!("`{}` is no name of a host", self.name));
        }
        let is_none = |ip: &&IpAddr| ip.is_unspecified() || ip.is_multicast();
        if let Some(address) = self.addresses.iter().find(is_none) {
            return invalid(format!("{address} is no address of a single host"));
        }
        let machine = Network::of(core).add(&self.name, self.addresses)?;
        Ok(Host::new(core, machine.id))
    }
}

impl Host {
    pub(crate) fn new(core: &Core, id: HostId) -> Host {
        Host { id, outlet: core.outlet(), run: core.run.get() }
    }

    /// The host on which the calling task runs; `localhost` if nothing was said.
    ///
    /// # Panics
    ///
    /// Outside a run.
    #[must_use]
    #[track_caller]
    pub fn current() -> Host {
        let core = world::expect_current("Host::current");
        Host::new(core, core.host())
    }

    fn machine(&self) -> io::Result<(&'static Core, Rc<Machine>)> {
        let core = world::current().filter(|core| core.is_run(self.outlet, self.run));
        let core = core.ok_or_else(elsewhere)?;
        let machine = Network::of(core).machine(self.id).ok_or_else(elsewhere)?;
        Ok((core, machine))
    }

    #[track_caller]
    fn expect_machine(&self, what: &str) -> (&'static Core, Rc<Machine>) {
        match self.machine() {
            Ok(found) => found,
            Err(_) => panic!("`{what}` was called outside the run that the host belongs to"),
        }
    }

    /// Its name.
    ///
    /// # Panics
    ///
    /// Outside its run.
    #[must_use]
    #[track_caller]
    pub fn name(&self) -> String {
        self.expect_machine("Host::name").1.name.clone()
    }

    /// Its first address.
    ///
    /// # Panics
    ///
    /// Outside its run.
    #[must_use]
    #[track_caller]
    pub fn address(&self) -> IpAddr {
        self.addresses()[0]
    }

    /// All its addresses, without those that lead to itself.
    ///
    /// # Panics
    ///
    /// Outside its run.
    #[must_use]
    #[track_caller]
    pub fn addresses(&self) -> Vec<IpAddr> {
        self.expect_machine("Host::addresses").1.addresses.clone()
    }

    /// Whether it runs.
    #[must_use]
    pub fn is_up(&self) -> bool {
        self.machine().is_ok_and(|(_, machine)| machine.up.get())
    }

    /// Spawns a task that runs on this host, and with it all that it spawns. On a host
    /// that is down the task is aborted at once.
    ///
    /// # Panics
    ///
    /// Outside its run.
    #[track_caller]
    pub fn spawn<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.add("Host::spawn", future, 0)
    }

    /// As [`spawn`](Self::spawn), for futures that need not be `Send`.
    ///
    /// # Panics
    ///
    /// Outside its run.
    #[track_caller]
    pub fn spawn_local<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        self.add("Host::spawn_local", future, SHARES)
    }

    /// As [`spawn_daemon`](crate::spawn_daemon): a task that may wait for ever, such as
    /// one that accepts connections.
    ///
    /// # Panics
    ///
    /// Outside its run.
    #[track_caller]
    pub fn spawn_daemon<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        self.add("Host::spawn_daemon", future, DAEMON | SHARES)
    }

    #[track_caller]
    fn add<F: Future>(&self, what: &str, future: F, flags: u32) -> JoinHandle<F::Output> {
        let (core, machine) = self.expect_machine(what);
        let task = core.add_task(future, None, flags, Location::caller());
        task.record().host.set(self.id);
        if !machine.up.get() {
            core.abort(task);
        }
        JoinHandle::new(task)
    }

    /// Calls `f` as if the calling task ran on this host: sockets that it makes and tasks
    /// that it spawns are this host's.
    ///
    /// # Panics
    ///
    /// Outside its run, and outside of a task.
    #[track_caller]
    pub fn enter<R>(&self, f: impl FnOnce() -> R) -> R {
        let (core, _) = self.expect_machine("Host::enter");
        let Some(task) = core.running.get() else {
            panic!("`Host::enter` was called outside of a task: call it from one");
        };
        let _back = Entered { task, before: task.record().host.replace(self.id) };
        f()
    }

    /// The host loses its power: its tasks are dropped, its connections are gone without a
    /// word, and of its [disk](crate::fs) what was synced is left. A task that calls this for
    /// its own host goes on to its next `.await`.
    ///
    /// Whoever is connected to it learns of that when it sends something and the host is
    /// up again, which then resets the connection; or when it has tried for long enough.
    ///
    /// # Errors
    ///
    /// `NotConnected` outside its run; `InvalidInput` if it is down already, or if the body
    /// of the test runs on it, for that would end unseen.
    pub fn crash(&self) -> io::Result<()> {
        let (core, machine) = self.machine()?;
        let is_root = |task: TaskRef| task.record().host.get() == self.id;
        if core.find_task(TaskId::ROOT).is_some_and(is_root) {
            let name = &machine.name;
            let text =
                format!("the body of the test runs on host `{name}`: have another one crash");
            return Err(io::Error::new(ErrorKind::InvalidInput, text));
        }
        if !machine.up.replace(false) {
            return Err(not(&machine, "is down already"));
        }
        core.note_operation("crashes", || format!("host {}", machine.name));
        Network::of(core).look_again();
        machine.lose_sockets();
        // Whoever holds a socket of this host elsewhere is told.
        core.residents_of::<Socket>().iter().for_each(|socket| socket.look_at_host(core));
        core.residents_of::<Listener>().iter().for_each(|socket| socket.look_at_host(core));
        core.residents_of::<Datagrams>().iter().for_each(|socket| socket.look_at_host(core));
        core.residents_of::<unix::End>().iter().for_each(|socket| socket.look_at_host(core));
        core.residents_of::<unix::Listener>().iter().for_each(|socket| socket.look_at_host(core));
        core.residents_of::<unix::Datagrams>().iter().for_each(|socket| socket.look_at_host(core));
        Disks::crash(core, self.id);
        call_all(core, &machine.on_crash);
        self.drop_tasks(core);
        Ok(())
    }

    /// Drops the tasks of this host, and what their destructors spawn.
    fn drop_tasks(&self, core: &Core) {
        for _ in 0..ROUNDS {
            let is_ours =
                |task: &TaskRef| task.record().host.get() == self.id && !task.ledger().has(OVER);
            let tasks: Vec<TaskRef> = core.tasks_by_id().into_iter().filter(is_ours).collect();
            if tasks.iter().all(|task| task.ledger().has(RUNNING)) {
                tasks.into_iter().for_each(|task| core.abort(task));
                return;
            }
            tasks.iter().for_each(|task| task.record().handles.increment());
            for task in tasks {
                if !task.ledger().has(OVER | RUNNING) {
                    // A point may have chosen it to go next.
                    core.next.set(core.next.get().filter(|next| *next != task));
                    core.cancel(task);
                }
                if task.record().handles.decrement() && task.ledger().has(OVER) {
                    core.free(task);
                }
            }
        }
    }

    /// The host has power again: it can be connected to, and tasks can be spawned on it.
    ///
    /// # Errors
    ///
    /// `NotConnected` outside its run; `InvalidInput` if it is up.
    pub fn restart(&self) -> io::Result<()> {
        let (core, machine) = self.machine()?;
        if machine.up.replace(true) {
            return Err(not(&machine, "is up already"));
        }
        core.note_operation("restarts", || format!("host {}", machine.name));
        Network::of(core).look_again();
        call_all(core, &machine.on_restart);
        Ok(())
    }

    /// Has `hook` called whenever the host crashes, after its connections are gone and
    /// before its tasks are dropped.
    ///
    /// # Panics
    ///
    /// Outside its run.
    #[track_caller]
    pub fn on_crash(&self, hook: impl Fn() + 'static) {
        let (_, machine) = self.expect_machine("Host::on_crash");
        machine.on_crash.with(|hooks| hooks.push(Rc::new(hook)));
    }

    /// Has `hook` called whenever the host comes up again.
    ///
    /// # Panics
    ///
    /// Outside its run.
    #[track_caller]
    pub fn on_restart(&self, hook: impl Fn() + 'static) {
        let (_, machine) = self.expect_machine("Host::on_restart");
        machine.on_restart.with(|hooks| hooks.push(Rc::new(hook)));
    }
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.machine() {
            Ok((_, machine)) => f.debug_tuple("Host").field(&machine.name).finish(),
            Err(_) => f.debug_tuple("Host").field(&self.id.0).finish(),
        }
    }
}

fn not(machine: &Machine, what: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidInput, format!("host `{}` {what}", machine.name))
}

fn call_all(core: &Core, hooks: &crate::private::Private<Vec<super::machine::Hook>>) {
    for hook in hooks.with(|hooks| hooks.clone()) {
        core.call_out(|| hook());
    }
}

/// Puts the host of a task back.
struct Entered {
    task: TaskRef,
    before: HostId,
}

impl Drop for Entered {
    fn drop(&mut self) {
        self.task.record().host.set(self.before);
    }
}

/// What names a host: its name, its address, or itself.
pub trait ToHost {
    #[doc(hidden)]
    fn in_network(&self, network: &Operated) -> io::Result<Host>;
}

/// The network, as an operator sees it.
#[doc(hidden)]
#[derive(Debug)]
pub struct Operated {
    pub(super) core: &'static Core,
    pub(super) network: Rc<Network>,
}

impl Operated {
    #[track_caller]
    pub(super) fn new(what: &str) -> Operated {
        let core = world::expect_current(what);
        Operated { core, network: Network::of(core) }
    }

    pub(super) fn id(&self, host: impl ToHost) -> io::Result<HostId> {
        Ok(host.in_network(self)?.id)
    }
}

impl ToHost for Host {
    fn in_network(&self, _: &Operated) -> io::Result<Host> {
        self.machine().map(|_| *self)
    }
}

impl ToHost for str {
    fn in_network(&self, operated: &Operated) -> io::Result<Host> {
        Ok(Host::new(operated.core, operated.network.named(self)?.id))
    }
}

impl ToHost for String {
    fn in_network(&self, operated: &Operated) -> io::Result<Host> {
        self.as_str().in_network(operated)
    }
}

impl ToHost for IpAddr {
    fn in_network(&self, operated: &Operated) -> io::Result<Host> {
        Ok(Host::new(operated.core, operated.network.with_address(*self)?))
    }
}

impl<T: ToHost + ?Sized> ToHost for &T {
    fn in_network(&self, operated: &Operated) -> io::Result<Host> {
        (**self).in_network(operated)
    }
}
