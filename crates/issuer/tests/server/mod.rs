//! A PostgreSQL server of the tests' own: on a private socket, gone with the process that started it.

use postgres::{Client, NoTls};
use std::{
    fs,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

/// Debian keeps one folder of programs for each version here.
const PROGRAMS: &str = "/usr/lib/postgresql";
/// Runs the server, again after each crash, until its own input ends, which it does when whoever started it is gone,
/// killed or not.
const KEEPER: &str = r#"
programs=$0 folder=$1
exec 3<&0
{ read -r _ <&3; touch "$folder/over"; kill -INT "$(head -n 1 "$folder/data/postmaster.pid")"; } &
until [ -e "$folder/over" ]; do
  "$programs/postgres" -D "$folder/data" -c listen_addresses= -c unix_socket_directories="$folder" "${@:2}" >>"$folder/log" 2>&1
done
rm -rf "$folder"
"#;

pub struct Server {
    /// Where it has its socket and its data.
    pub folder: PathBuf,
    _keeper: Child,
}

impl Server {
    /// Starts one; `settings` are its own, as `fsync=off`.
    pub fn start(settings: &[&str]) -> Self {
        let programs = programs();
        let folder = tempfile::Builder::new().prefix("invigil-pg-").tempdir().expect("a folder").keep();
        // The server refuses to run as root, so there it runs as the user that its package made.
        let owner = rustix::process::geteuid().is_root().then(|| ids("postgres"));
        if let Some((user, group)) = owner {
            std::os::unix::fs::chown(&folder, Some(user), Some(group)).expect("given away");
        }
        let as_owner = |command: &mut Command| {
            if let Some((user, group)) = owner {
                command.uid(user).gid(group);
            }
        };
        let mut make = Command::new(programs.join("initdb"));
        make.args(["-A", "trust", "-U", "invigil", "-E", "UTF8", "--locale=C", "--no-sync", "-D"]);
        as_owner(make.arg(folder.join("data")).current_dir("/"));
        let made = make.output().expect("initdb runs");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let mut keeper = Command::new("bash");
        keeper.arg("-c").arg(KEEPER).arg(&programs).arg(&folder);
        keeper.args(settings.iter().flat_map(|setting| ["-c", setting]));
        // A group of its own, so that what ends the tests by the keyboard does not end it before them.
        as_owner(keeper.current_dir("/").stdin(Stdio::piped()).process_group(0));
        let server = Self { folder, _keeper: keeper.spawn().expect("the server starts") };
        server.wait();
        server
    }

    fn wait(&self) {
        for _ in 0..600 {
            if Client::connect(&self.url("postgres"), NoTls).is_ok() {
                return;
            }
            thread::sleep(Duration::from_millis(50));
        }
        panic!("the server does not answer: {}", fs::read_to_string(self.folder.join("log")).unwrap_or_default());
    }

    /// The address of a database.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://invigil@/{database}?host={}", encoded(&self.folder))
    }

    /// A connection to a database.
    pub fn client(&self, database: &str) -> Client {
        Client::connect(&self.url(database), NoTls).expect("it answers")
    }

    /// Makes a database, if it is not there.
    pub fn make(&self, database: &str) -> String {
        let mut client = self.client("postgres");
        let there = client.query("SELECT 1 FROM pg_database WHERE datname = $1", &[&database]).expect("asked");
        if there.is_empty() {
            client.batch_execute(&format!("CREATE DATABASE {database}")).expect("made");
        }
        self.url(database)
    }
}

fn encoded(path: &Path) -> String {
    path.to_str().expect("a plain path").replace('/', "%2F")
}

/// The programs of the newest version that is installed.
fn programs() -> PathBuf {
    let versions =
        fs::read_dir(PROGRAMS).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path().join("bin")));
    let newest = versions.filter(|bin| bin.join("initdb").exists()).max();
    newest.expect("PostgreSQL is not installed; install the package postgresql")
}

fn ids(user: &str) -> (u32, u32) {
    let users = fs::read_to_string("/etc/passwd").expect("the users");
    let line = users.lines().find(|line| line.starts_with(&format!("{user}:"))).expect("its package made a user");
    let mut numbers = line.split(':').skip(2).map(|number| number.parse().expect("a number"));
    (numbers.next().expect("its number"), numbers.next().expect("its group"))
}
