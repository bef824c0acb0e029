//! `invigil rescue`: a hand-in file from the folder of a sitting whose computer is broken.

use crate::fail;
use invigil_client::{clock, durable, session::Session, store::Store, view::Problem};
use std::{
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
    process::ExitCode,
};
use zeroize::Zeroizing;

#[derive(clap::Args)]
pub struct Arguments {
    /// The sitting's folder, or a copy of it that may be written to
    folder: PathBuf,
    /// Where to write the hand-in file (.invsub)
    #[arg(long)]
    out: PathBuf,
}

pub fn run(arguments: &Arguments) -> ExitCode {
    let mut key = Zeroizing::new([0; 32]);
    if let Err(why) = io::stdin().lock().read_exact(&mut *key) {
        let pipe = "the sitting's key comes from “invigil-issuer recover FOLDER” by a pipe";
        return fail("key-missing", format!("{pipe}: {why}"));
    }
    match rescue(&arguments.folder, &key) {
        Ok(file) => match durable::write(&arguments.out, &file) {
            Ok(()) => {
                println!("{}", arguments.out.display());
                ExitCode::SUCCESS
            }
            Err(why) => fail("storage-failed", format!("{}: {why}", arguments.out.display())),
        },
        Err(problem) => {
            fail(&problem.code, format!("{} cannot be rescued: {:?}", arguments.folder.display(), problem.args))
        }
    }
}

/// What is in the folder, sealed to its issuer. A sitting that was closed and not made ready for handing in is now.
fn rescue(folder: &Path, key: &Zeroizing<[u8; 32]>) -> Result<Vec<u8>, Problem> {
    let mut session = Session::exam(Store::open(&folder.join("sitting.db"), key)?)?;
    let piece = |sha256: &invigil_core::Digest| folder.join("evidence").join(sha256.to_string());
    let now = clock::read();
    session.hand_in(|sha256| piece(sha256).exists(), &now)?;
    session.hand_in_file(|sha256| fs::read(piece(sha256)).ok(), &now)
}
