//! Environment variables that let somebody look into or steer the exam window, removed before the toolkit starts.
//!
//! This stops accidents and plain tricks, not a determined owner of the machine. What was removed is handed back so
//! that it can be recorded; values are never looked at beyond "empty or not", and never kept.

#![expect(unsafe_code, reason = "changing the environment of a running process is unsafe in Rust")]

use std::{
    env,
    ffi::{OsStr, OsString},
    os::unix::process::CommandExt,
    process::Command,
};

/// Variables that make the dynamic loader put foreign code into a process. Removing them is not enough: the code is
/// loaded already, so the program has to be started anew.
pub const LOADER: [&str; 2] = ["LD_AUDIT", "LD_PRELOAD"];

/// Variables that open the web view to automation or inspection, or that load modules into it or into its toolkit.
pub const WINDOW: [&str; 11] = [
    "GTK_DEBUG",
    "GTK_MODULES",
    "GTK_PATH",
    "G_MESSAGES_DEBUG",
    "TAURI_AUTOMATION",
    "TAURI_WEBVIEW_AUTOMATION",
    "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS",
    "WEBKIT_INJECTED_BUNDLE_PATH",
    "WEBKIT_INSPECTOR_HTTP_SERVER",
    "WEBKIT_INSPECTOR_SERVER",
    "WEBVIEW2_ADDITIONAL_BROWSER_ARGUMENTS",
];

/// Names removed by an earlier pass, separated by commas: set across the new start, and by the guard for the
/// application. Only names of the lists above are believed.
pub const SCRUBBED_VARIABLE: &str = "INVIGIL_SCRUBBED";

/// Which variables a program gets rid of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// [`LOADER`]: for a program without a window.
    Loader,
    /// [`LOADER`] and [`WINDOW`].
    All,
}

/// What has to be done about an environment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scrub {
    /// The names to remove, sorted.
    pub remove: Vec<String>,
    /// Foreign code is loaded already, so the program must be started anew.
    pub reexec: bool,
}

/// What `apply` did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Applied {
    /// The names removed, here or by an earlier pass, sorted. They belong into the record.
    pub removed: Vec<String>,
    /// Foreign code is in this process although a new start was tried.
    pub preloaded: bool,
}

/// The environment was left as it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScrubError {
    /// Other threads may be reading the environment. Call `apply` first thing in `main`.
    #[error("the environment can only be cleaned while the program has one thread; it has {threads}")]
    SeveralThreads {
        /// How many there are.
        threads: usize,
    },
    /// The number of threads could not be counted.
    #[error("the program's threads could not be counted in /proc: {0}")]
    NoProc(String),
}

/// Says what to do about these variables. An empty loader variable loads nothing and needs no new start.
pub fn scrub(vars: impl Iterator<Item = (OsString, OsString)>, extent: Extent) -> Scrub {
    let mut found = Scrub::default();
    for (name, value) in vars {
        let Some(name) = name.to_str() else { continue };
        let loader = LOADER.contains(&name);
        if loader || (extent == Extent::All && WINDOW.contains(&name)) {
            found.remove.push(name.to_owned());
            found.reexec |= loader && !value.is_empty();
        }
    }
    found.remove.sort();
    found
}

/// Cleans the environment of this process, first thing in `main`. Where foreign code was preloaded the program starts
/// itself anew in the same process, with the same arguments and open descriptors, and this call does not return.
pub fn apply(extent: Extent) -> Result<Applied, ScrubError> {
    alone()?;
    let earlier = env::var_os(SCRUBBED_VARIABLE);
    let found = scrub(env::vars_os(), extent);
    let mut removed = earlier.as_deref().map(names).unwrap_or_default();
    removed.extend(found.remove.iter().cloned());
    removed.sort();
    removed.dedup();
    for name in found.remove.iter().map(String::as_str).chain([SCRUBBED_VARIABLE]) {
        // SAFETY: `alone` has just counted one thread in this process, so none can read the environment meanwhile.
        unsafe { env::remove_var(name) };
    }
    // A library that puts itself back would make this go round for ever: after one new start it is only reported.
    if found.reexec && earlier.is_none() {
        start_anew(&removed);
    }
    Ok(Applied { removed, preloaded: found.reexec })
}

/// Counts the threads, which makes `apply` sound whoever calls it: no thread can appear while the only one is here.
fn alone() -> Result<(), ScrubError> {
    let tasks = std::fs::read_dir("/proc/self/task").map_err(|error| ScrubError::NoProc(error.to_string()))?;
    match tasks.count() {
        1 => Ok(()),
        threads => Err(ScrubError::SeveralThreads { threads }),
    }
}

/// Returns only if it failed, which the caller reports as still preloaded.
fn start_anew(removed: &[String]) {
    let Ok(program) = env::current_exe() else { return };
    let mut arguments = env::args_os();
    let mut command = Command::new(program);
    if let Some(own_name) = arguments.next() {
        command.arg0(own_name);
    }
    let error = command.args(arguments).env(SCRUBBED_VARIABLE, removed.join(",")).exec();
    tracing::warn!(%error, "the program could not be started anew without preloaded libraries");
}

/// Anybody can set the variable, so only names that could have been removed get into the record.
fn names(text: &OsStr) -> Vec<String> {
    let text = text.to_string_lossy();
    let known = |name: &&str| LOADER.contains(name) || WINDOW.contains(name);
    text.split(',').filter(known).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(extent: Extent, vars: &str, remove: &str, reexec: bool) {
        let pairs = vars.split_whitespace().map(|pair| {
            let (name, value) = pair.split_once('=').expect("name=value");
            (name.into(), value.into())
        });
        let found = scrub(pairs, extent);
        assert_eq!((found.remove.join(" ").as_str(), found.reexec), (remove, reexec), "{vars}");
    }

    #[test]
    fn only_what_is_listed_is_removed() {
        use Extent::{All, Loader};
        check(All, "HOME=/h LANG=de GTK_IM_MODULE=ibus GTK_THEME=x XMODIFIERS=@im=ibus", "", false);
        check(
            All,
            "HOME=/h TAURI_WEBVIEW_AUTOMATION=true GTK_MODULES=x",
            "GTK_MODULES TAURI_WEBVIEW_AUTOMATION",
            false,
        );
        check(All, "WEBKIT_INSPECTOR_SERVER=", "WEBKIT_INSPECTOR_SERVER", false);
        check(All, "LD_PRELOAD=/x.so", "LD_PRELOAD", true);
        check(All, "LD_AUDIT=/x.so GTK_PATH=/x", "GTK_PATH LD_AUDIT", true);
        check(All, "LD_PRELOAD=", "LD_PRELOAD", false);
        check(All, "LD_PRELOAD_32=/x.so ld_preload=/x.so", "", false);
        check(Loader, "LD_PRELOAD=/x.so GTK_PATH=/x", "LD_PRELOAD", true);
    }

    #[test]
    fn names_outside_the_lists_are_not_believed() {
        assert_eq!(names(OsStr::new("LD_PRELOAD,<b>,,HOME,GTK_PATH")), ["LD_PRELOAD", "GTK_PATH"]);
    }

    #[test]
    fn a_program_with_threads_is_left_alone() {
        // The test runner's own thread waits for this one.
        let outcome = apply(Extent::All);
        assert!(matches!(outcome, Err(ScrubError::SeveralThreads { threads: 2.. })), "{outcome:?}");
    }
}
