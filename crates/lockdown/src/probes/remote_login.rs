//! Whether somebody may sit at another machine.

use super::{Processes, logind::Logind};
use crate::{
    bus::Address,
    probe::{Blind, Probe},
};
use invigil_core::policy::Probe as Name;
use std::{collections::BTreeSet, env, fs};

/// Programs that show this desktop to another machine. Somebody starts them by hand, so that they run is enough.
const SHOW: [&str; 9] = [
    "Xtightvnc",
    "Xtigervnc",
    "Xvnc",
    "wayvnc",
    "x0tigervncserver",
    "x0vncserver",
    "x11vnc",
    "xrdp-chansrv",
    "xrdp-sesexec",
];

/// Programs that may do so and wait in the background on many machines, so that they are connected is what counts.
/// Those that keep a connection to a company's relay all day (AnyDesk, RustDesk, TeamViewer) are not here: they would
/// always be seen. A policy that bans them names them as programs.
const WAIT: [&str; 6] = ["gnome-remote-desktop-daemon", "krdpserver", "krfb", "vino-server", "xrdp", "xrdp-sesman"];

/// Sees sessions that come from another machine, by the service and the host, as in `ssh from 192.0.2.7`: this one, or
/// any other on this machine. And the names of remote desktop servers of this user.
pub struct RemoteLogin {
    logind: Logind,
    processes: Processes,
    /// What each of the two saw when it could last look.
    sessions: BTreeSet<String>,
    servers: BTreeSet<String>,
    missing: Option<Blind>,
}

impl RemoteLogin {
    /// Asks the login service on this bus.
    pub fn new(bus: Address) -> Self {
        Self {
            logind: Logind::new(bus),
            processes: Processes::default(),
            sessions: BTreeSet::new(),
            servers: BTreeSet::new(),
            missing: None,
        }
    }

    fn remote_sessions(&mut self) -> Result<BTreeSet<String>, Blind> {
        // One that is closing has nobody behind it any more, and one of another class never had.
        let counts = |class: &str, state: &str| class.starts_with("user") && state != "closing";
        let all = self.logind.all()?;
        let remote = all.iter().filter(|session| session.remote && counts(&session.class, &session.state));
        Ok(remote.map(|session| from(&session.service, &session.remote_host)).collect())
    }

    fn remote_desktops(&self) -> Result<BTreeSet<String>, Blind> {
        let serves = |pid, file: &str| SHOW.contains(&file) || (WAIT.contains(&file) && self.connected(pid));
        let all = self.processes.list()?.into_iter();
        Ok(all.filter(|process| serves(process.pid, &process.file)).map(|process| process.file).collect())
    }

    /// Whether a process has a TCP connection. One whose files this user may not see has none.
    fn connected(&self, pid: u32) -> bool {
        let process = self.processes.of(pid);
        let read = |table: &str| fs::read_to_string(process.join("net").join(table)).unwrap_or_default();
        let table = read("tcp") + &read("tcp6");
        let established = established(&table);
        let files = fs::read_dir(process.join("fd")).into_iter().flatten();
        files.filter_map(|file| fs::read_link(file.ok()?.path()).ok()).any(|target| {
            let target = target.to_string_lossy();
            target.strip_prefix("socket:[").is_some_and(|rest| established.contains(rest.trim_end_matches(']')))
        })
    }
}

impl Probe for RemoteLogin {
    fn name(&self) -> Name {
        Name::RemoteLogin
    }

    fn look(&mut self) -> Result<BTreeSet<String>, Blind> {
        self.missing = None;
        // What could be seen before and cannot now is taken to be as it was.
        match self.remote_sessions() {
            Ok(sessions) => self.sessions = sessions,
            Err(blind) => self.missing = Some(blind),
        }
        match self.remote_desktops() {
            Ok(servers) => self.servers = servers,
            Err(blind) => self.missing = Some(blind),
        }
        let here = by_environment(|name| env::var(name).ok());
        Ok(self.sessions.union(&self.servers).cloned().chain(here).collect())
    }

    fn missing(&self) -> Option<Blind> {
        self.missing.clone()
    }
}

fn from(service: &str, host: &str) -> String {
    let service = match service {
        "" => "a login",
        // The daemon and the client's variables are two words for one thing.
        "sshd" => "ssh",
        service => service,
    };
    if host.is_empty() { service.to_owned() } else { format!("{service} from {host}") }
}

/// What the variables say that an SSH server gives to what it starts.
fn by_environment(variable: impl Fn(&str) -> Option<String>) -> Option<String> {
    let connection = variable("SSH_CONNECTION").or_else(|| variable("SSH_TTY").map(|_| String::new()))?;
    Some(from("ssh", connection.split(' ').next().unwrap_or_default()))
}

/// The sockets of a table in the form of `/proc/net/tcp` that are connected.
fn established(table: &str) -> BTreeSet<&str> {
    let connected = |line: &&str| line.split_whitespace().nth(3) == Some("01");
    table.lines().filter(connected).filter_map(|line| line.split_whitespace().nth(9)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_is_called_by_service_and_host() {
        assert_eq!(from("sshd", "192.0.2.7"), "ssh from 192.0.2.7");
        assert_eq!(from("xrdp-sesman", ""), "xrdp-sesman");
        assert_eq!(from("", "host"), "a login from host");
        for (variables, expected) in [
            (&[][..], None),
            (&[("SSH_CONNECTION", "192.0.2.7 50000 192.0.2.8 22")], Some("ssh from 192.0.2.7")),
            (&[("SSH_TTY", "/dev/pts/3")], Some("ssh")),
            (&[("SSH_AUTH_SOCK", "/run/ssh")], None),
        ] {
            let find = |name: &str| variables.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned());
            assert_eq!(by_environment(find).as_deref(), expected);
        }
    }

    #[test]
    fn a_server_that_waits_is_not_connected() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n\
            0: 0100007F:0D3D 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 111 1 0 100 0 0 10 0\n\
            1: 0100007F:0D3D 0100007F:9C40 01 00000000:00000000 00:00000000 00000000  1000        0 222 1 0 20 4 30 10 -1\n";
        assert_eq!(established(table), BTreeSet::from(["222"]));
    }
}
