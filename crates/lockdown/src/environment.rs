//! Environment variables that let somebody look into or steer the exam window, removed before the toolkit starts.
//!
//! This stops accidents and plain tricks, not a determined owner of the machine. What was removed is handed back so
//! that it can be recorded; values are never looked at, and never kept.
//!
//! A program cleans its environment by starting itself anew without those variables. Changing the environment in place
//! would not do: what was preloaded is loaded already, and the web view's library starts a thread of its own before
//! `main`, after which nobody may change it.

use std::{
    env,
    ffi::{OsStr, OsString},
    io,
    os::unix::process::CommandExt,
    process::Command,
};

/// Variables that make the dynamic loader put foreign code into a process.
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

/// Names that have been removed, separated by commas: set at a new start, and inherited by what that program starts.
/// Anybody can set it, so it only ever makes [`start_clean`] more careful, and only names of the lists above are
/// believed.
pub const SCRUBBED_VARIABLE: &str = "INVIGIL_SCRUBBED";

/// Which variables a program gets rid of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// [`LOADER`]: for a program without a window.
    Loader,
    /// [`LOADER`] and [`WINDOW`].
    All,
}

/// The program must not go on.
#[derive(Debug, thiserror::Error)]
pub enum ScrubError {
    /// A variable is back although an earlier start has removed it: something puts it there, or pretends that it was
    /// removed.
    #[error("these environment variables could not be removed: {}", .names.join(", "))]
    Returns {
        /// Their names, sorted.
        names: Vec<String>,
    },
    /// The program could not start itself anew.
    #[error("the program could not be started anew with a clean environment: {0}")]
    NotStarted(#[from] io::Error),
}

/// What follows from an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Verdict {
    /// Nothing is in the way; these names were removed by earlier starts.
    Clean(Vec<String>),
    /// Start anew without `remove`, having removed `all` so far.
    Anew { remove: Vec<String>, all: Vec<String> },
    /// These names were removed before, and are here.
    Returns(Vec<String>),
}

/// Makes sure that this program runs without the variables of the extent. Call it first thing in `main`: where one is
/// set the program starts itself anew in the same process, with the same arguments and open descriptors, and this call
/// does not return. Returns the names that were removed on the way here, sorted; they belong into the record.
pub fn start_clean(extent: Extent) -> Result<Vec<String>, ScrubError> {
    match judge(env::vars_os(), extent) {
        Verdict::Clean(names) => Ok(names),
        Verdict::Returns(names) => Err(ScrubError::Returns { names }),
        Verdict::Anew { remove, all } => Err(start_anew(&remove, &all)?.into()),
    }
}

/// Every new start removes a name that no start before has removed, so there are never more than there are names.
fn judge(variables: impl Iterator<Item = (OsString, OsString)>, extent: Extent) -> Verdict {
    let (mut all, mut remove) = (Vec::new(), Vec::new());
    for (name, value) in variables {
        match name.to_str() {
            Some(SCRUBBED_VARIABLE) => all = names(&value),
            Some(name) if LOADER.contains(&name) || (extent == Extent::All && WINDOW.contains(&name)) => {
                remove.push(name.to_owned());
            }
            _ => {}
        }
    }
    remove.sort();
    if !remove.is_empty() && remove.iter().all(|name| all.contains(name)) {
        return Verdict::Returns(remove);
    }
    all.extend(remove.iter().cloned());
    all.sort();
    all.dedup();
    if remove.is_empty() { Verdict::Clean(all) } else { Verdict::Anew { remove, all } }
}

/// Returns only if it failed, with the reason.
fn start_anew(remove: &[String], all: &[String]) -> io::Result<io::Error> {
    let mut arguments = env::args_os();
    let mut command = Command::new(env::current_exe()?);
    if let Some(own_name) = arguments.next() {
        command.arg0(own_name);
    }
    for name in remove {
        command.env_remove(name);
    }
    Ok(command.args(arguments).env(SCRUBBED_VARIABLE, all.join(",")).exec())
}

fn names(text: &OsStr) -> Vec<String> {
    let text = text.to_string_lossy();
    let known = |name: &&str| LOADER.contains(name) || WINDOW.contains(name);
    text.split(',').filter(known).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[track_caller]
    fn check(extent: Extent, variables: &str, expected: Verdict) {
        let pairs = variables.split_whitespace().map(|pair| {
            let (name, value) = pair.split_once('=').expect("name=value");
            (name.into(), value.into())
        });
        assert_eq!(judge(pairs, extent), expected, "{variables}");
    }

    #[test]
    fn only_what_is_listed_is_removed() {
        use Extent::{All, Loader};
        let clean = |names| Verdict::Clean(words(names));
        let anew = |remove, all| Verdict::Anew { remove: words(remove), all: words(all) };
        check(All, "HOME=/h LANG=de GTK_IM_MODULE=ibus GTK_THEME=x XMODIFIERS=@im=ibus", clean(""));
        check(All, "LD_PRELOAD_32=/x.so ld_preload=/x.so", clean(""));
        check(All, "WEBKIT_INSPECTOR_SERVER=", anew("WEBKIT_INSPECTOR_SERVER", "WEBKIT_INSPECTOR_SERVER"));
        check(All, "LD_AUDIT=/x.so HOME=/h GTK_PATH=/x", anew("GTK_PATH LD_AUDIT", "GTK_PATH LD_AUDIT"));
        check(Loader, "LD_PRELOAD=/x.so GTK_PATH=/x", anew("LD_PRELOAD", "LD_PRELOAD"));
        check(Loader, "GTK_PATH=/x", clean(""));
    }

    #[test]
    fn what_was_removed_is_remembered_and_may_not_return() {
        use Extent::All;
        check(All, "INVIGIL_SCRUBBED=LD_PRELOAD,GTK_PATH", Verdict::Clean(words("GTK_PATH LD_PRELOAD")));
        check(
            All,
            "GTK_PATH=/x INVIGIL_SCRUBBED=LD_PRELOAD",
            Verdict::Anew { remove: words("GTK_PATH"), all: words("GTK_PATH LD_PRELOAD") },
        );
        check(All, "INVIGIL_SCRUBBED=GTK_PATH GTK_PATH=/x", Verdict::Returns(words("GTK_PATH")));
        check(All, "INVIGIL_SCRUBBED=LD_PRELOAD,<b>,,HOME", Verdict::Clean(words("LD_PRELOAD")));
    }
}
