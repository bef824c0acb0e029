//! The application as a process: its start, its voice, its end.

use super::Plan;
use invigil_lockdown::guard::{
    Ending, FD_VARIABLE, Keys, Lines, RECOVERY_ARGUMENT, RESTARTED_VARIABLE, Reply, Request, Start, encode,
};
use rustix::{
    io::{FdFlags, fcntl_setfd},
    net::{SendFlags, send},
    process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, kill_process_group, waitid},
};
use std::{
    io,
    os::{
        fd::{AsFd, AsRawFd, BorrowedFd},
        unix::{
            net::UnixStream,
            process::{CommandExt, ExitStatusExt},
        },
    },
    process::{Child, Command, ExitStatus},
};

/// How much is read at one time. The rest is read at the next, so that a flood of lines cannot keep the guard from
/// looking after the process.
const FILLS_MAX: usize = 256;

/// A running application.
pub struct Application {
    child: Child,
    pid: Pid,
    link: Option<UnixStream>,
    lines: Lines,
}

/// What the application said.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Heard {
    /// At least one beat.
    pub beats: bool,
    /// It has closed its end.
    pub closed: bool,
}

impl Application {
    /// Starts it in a process group of its own, with one end of a new socket.
    ///
    /// The group is what is killed when it hangs: the web view's processes belong to it. It is not asked to die with
    /// the guard (`PR_SET_PDEATHSIG`): a guard that dies must not take the exam with it.
    pub fn start(plan: &Plan, start: Start) -> io::Result<Self> {
        let (link, theirs) = UnixStream::pair()?;
        // Everything else that is open here closes when the application starts. This one thread starts nothing else
        // in between, so no other process gets it.
        fcntl_setfd(&theirs, FdFlags::empty())?;
        let mut command = Command::new(&plan.program);
        command.args(&plan.arguments).process_group(0);
        command.env(FD_VARIABLE, theirs.as_raw_fd().to_string()).env_remove(RESTARTED_VARIABLE);
        if 0 < start.restarted {
            command.env(RESTARTED_VARIABLE, start.restarted.to_string());
        }
        if start.recovery {
            command.arg(RECOVERY_ARGUMENT);
        }
        let child = command.spawn()?;
        let pid = Pid::from_child(&child);
        Ok(Self { child, pid, link: Some(link), lines: Lines::default() })
    }

    /// What to wait for.
    pub fn socket(&self) -> Option<BorrowedFd<'_>> {
        self.link.as_ref().map(AsFd::as_fd)
    }

    /// Reads what it has said and answers.
    pub fn hear(&mut self, keys: &mut Keys) -> Heard {
        let mut heard = Heard::default();
        let Some(link) = &self.link else { return heard };
        for _ in 0..FILLS_MAX {
            match self.lines.fill(link) {
                Ok(true) => {}
                Ok(false) => return heard,
                Err(_) => {
                    heard.closed = true;
                    self.link = None;
                    return heard;
                }
            }
            while let Some(line) = self.lines.take() {
                let request = serde_json::from_slice(&line);
                heard.beats |= matches!(request, Ok(Request::Beat(_)));
                let answer = match &request {
                    Ok(request) => keys.answer(request),
                    // Answered all the same, or the next answer would be taken for this one's.
                    Err(_) => encode(&Reply::Done(false)),
                };
                if let Some(answer) = answer {
                    // An application that does not read its answers gets none: the guard never waits for it.
                    let _sent = send(link, &answer, SendFlags::DONTWAIT | SendFlags::NOSIGNAL);
                }
            }
        }
        heard
    }

    /// Passes a signal on to it alone: it ends its own children.
    pub fn forward(&self, signal: Signal) {
        // It may just have ended, which is noticed elsewhere.
        let _sent = kill_process(self.pid, signal);
    }

    /// Kills it and everything it started.
    pub fn kill(&self) {
        // As above. The group exists as long as its first process was not taken note of by `ended`.
        let _sent = kill_process_group(self.pid, Signal::KILL);
    }

    /// Whether and how it has ended. Unless it was by a clean end, nothing of it is left running.
    pub fn ended(&mut self) -> io::Result<Option<Ending>> {
        // First only look: until the process is taken note of, its number cannot be given to another's group.
        let look = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        let Some(status) = waitid(WaitId::Pid(self.pid), look)? else { return Ok(None) };
        if status.exit_status() != Some(0) {
            self.kill();
        }
        self.child.wait().map(|status| Some(ending(status)))
    }
}

fn ending(status: ExitStatus) -> Ending {
    let small = |number: i32| u8::try_from(number).unwrap_or(u8::MAX);
    match (status.code(), status.signal()) {
        (Some(0), _) => Ending::Done,
        (Some(code), _) => Ending::Failed(small(code)),
        (None, Some(signal)) => Ending::Killed(small(signal)),
        // A process that has ended has done so in one of these two ways.
        (None, None) => Ending::Failed(u8::MAX),
    }
}
