//! Passphrases and passwords: from a file, the environment or a terminal, never from an argument, which other users
//! of the machine could read.

use super::CommandError;
use age::secrecy::SecretString;
use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
use std::{
    env, fs,
    io::{self, BufRead, BufReader, Write},
    path::Path,
};
use zeroize::Zeroizing;

/// The passphrase that opens the keys.
pub fn passphrase(file: Option<&Path>) -> Result<SecretString, CommandError> {
    ask("INVIGIL_ISSUER_PASSPHRASE", "--passphrase-file", file, "Passphrase of the keys: ", Again::No)
}

/// A passphrase for new keys.
pub fn new_passphrase(file: Option<&Path>) -> Result<SecretString, CommandError> {
    ask("INVIGIL_ISSUER_PASSPHRASE", "--passphrase-file", file, "New passphrase for the keys: ", Again::Yes)
}

/// A password for an account.
pub fn new_password(file: Option<&Path>) -> Result<SecretString, CommandError> {
    ask("INVIGIL_PASSWORD", "--password-file", file, "New password: ", Again::Yes)
}

/// The code that a mark file is sealed under.
pub fn marks_code(file: Option<&Path>) -> Result<SecretString, CommandError> {
    ask("INVIGIL_MARKS_CODE", "--code-file", file, "Passphrase of the mark file: ", Again::No)
}

/// A secret that somebody else gave, which is in a file.
pub fn from_file(file: &Path) -> Result<SecretString, CommandError> {
    ask("", "--secret-file", Some(file), "", Again::No)
}

/// Whether a person has to type it twice.
#[derive(PartialEq, Eq)]
enum Again {
    Yes,
    No,
}

fn ask(
    variable: &str,
    option: &str,
    file: Option<&Path>,
    prompt: &str,
    again: Again,
) -> Result<SecretString, CommandError> {
    let text = match (file, env::var(variable)) {
        (Some(path), _) => {
            let read = fs::read_to_string(path).map(Zeroizing::new);
            read.map_err(|why| CommandError::File { path: path.to_owned(), why })?
        }
        (None, Ok(text)) => Zeroizing::new(text),
        (None, Err(_)) => {
            let unheard = |why: io::Error| {
                CommandError::Secret(format!("there is no terminal to ask on ({why}); use {option} or ${variable}"))
            };
            let first = read_hidden(prompt).map_err(unheard)?;
            if again == Again::Yes && *read_hidden("The same again: ").map_err(unheard)? != *first {
                return Err(CommandError::Secret("the two are not the same".to_owned()));
            }
            first
        }
    };
    let text = text.trim_end_matches(['\r', '\n']);
    if text.is_empty() {
        return Err(CommandError::Secret(format!("it is empty; set {option} or ${variable}")));
    }
    Ok(SecretString::from(text.to_owned()))
}

/// Reads a line from the terminal without showing it.
fn read_hidden(prompt: &str) -> io::Result<Zeroizing<String>> {
    let mut terminal = fs::OpenOptions::new().read(true).write(true).open("/dev/tty")?;
    terminal.write_all(prompt.as_bytes())?;
    let before = tcgetattr(&terminal)?;
    let mut hidden = before.clone();
    hidden.local_modes.remove(LocalModes::ECHO);
    tcsetattr(&terminal, OptionalActions::Now, &hidden)?;
    let mut line = Zeroizing::new(String::new());
    let read = BufReader::new(&terminal).read_line(&mut line);
    tcsetattr(&terminal, OptionalActions::Now, &before)?;
    terminal.write_all(b"\n")?;
    read.map(|_| line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use age::secrecy::ExposeSecret;

    #[test]
    fn a_secret_file_is_read_without_its_line_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        for (content, expected) in [
            ("word word\n", Ok("word word")),
            ("word\r\n", Ok("word")),
            (" w ", Ok(" w ")),
            ("\n", Err("secret-missing")),
        ] {
            fs::write(&path, content).unwrap();
            let secret = passphrase(Some(&path));
            let secret = secret.as_ref().map(|secret| secret.expose_secret()).map_err(CommandError::code);
            assert_eq!(secret, expected, "{content:?}");
        }
        let missing = passphrase(Some(&folder.path().join("missing")));
        assert_eq!(missing.err().map(|why| why.code()), Some("file-unreadable"));
    }
}
