//! Everything that is encrypted but the content of a pack: age, to a recipient or under a passphrase or code.

use age::{
    Decryptor, Encryptor,
    armor::{ArmoredReader, ArmoredWriter, Format},
    scrypt,
    secrecy::{ExposeSecret, SecretString},
    x25519,
};
use std::{
    io::{Read, Write},
    iter,
};
use zeroize::Zeroizing;

/// scrypt's work factor for passphrases and codes, as a power of two: about 0.3 s on one core of an ordinary machine,
/// with 64 MiB of memory. Fixed, so that a file made on a fast machine opens on a slow one.
pub const WORK_FACTOR: u8 = 16;

/// Why something could not be sealed or opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The text is no age recipient.
    #[error("this is not an age recipient; it looks like age1…")]
    NotARecipient,
    /// The text is no age identity.
    #[error("this is not an age identity")]
    NotAnIdentity,
    /// Wrong key or passphrase, or damaged bytes.
    #[error("it cannot be opened: the passphrase or key is another, or the data is damaged")]
    Locked,
    /// Writing failed.
    #[error("it cannot be sealed: {0}")]
    Failed(String),
}

pub use age::x25519::Identity;

/// Reads an identity as age writes it: `AGE-SECRET-KEY-1…`.
///
/// # Errors
/// `NotAnIdentity`.
pub fn read_identity(text: &str) -> Result<Identity, SealError> {
    text.trim().parse().map_err(|_| SealError::NotAnIdentity)
}

/// The identity as age writes it.
pub fn write_identity(identity: &Identity) -> Zeroizing<String> {
    Zeroizing::new(identity.to_string().expose_secret().to_owned())
}

/// Opens what was sealed to this identity, armoured or not.
///
/// # Errors
/// `Locked`.
pub fn open(identity: &Identity, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
    age::decrypt(identity, sealed).map(Zeroizing::new).map_err(|_| SealError::Locked)
}

fn recipient(text: &str) -> Result<x25519::Recipient, SealError> {
    text.parse().map_err(|_| SealError::NotARecipient)
}

/// Whether the text is an age X25519 recipient.
///
/// # Errors
/// `NotARecipient`.
pub fn check_recipient(text: &str) -> Result<(), SealError> {
    recipient(text).map(|_| ())
}

/// Seals to a recipient.
///
/// # Errors
/// `NotARecipient` or `Failed`.
pub fn to_recipient(to: &str, plain: &[u8]) -> Result<Vec<u8>, SealError> {
    age::encrypt(&recipient(to)?, plain).map_err(|why| SealError::Failed(why.to_string()))
}

/// Seals to several recipients, each of whom can open it alone.
///
/// # Errors
/// `NotARecipient` or `Failed`, also without any.
pub fn to_recipients(to: &[&str], plain: &[u8]) -> Result<Vec<u8>, SealError> {
    let failed = |why: &dyn std::fmt::Display| SealError::Failed(why.to_string());
    let recipients = to.iter().map(|to| recipient(to)).collect::<Result<Vec<_>, _>>()?;
    let encryptor = Encryptor::with_recipients(recipients.iter().map(|one| one as _)).map_err(|why| failed(&why))?;
    let mut sealed = Vec::new();
    let mut writer = encryptor.wrap_output(&mut sealed).map_err(|why| failed(&why))?;
    writer.write_all(plain).and_then(|()| writer.finish()).map_err(|why| failed(&why))?;
    Ok(sealed)
}

/// Seals to a recipient, in ASCII armour.
///
/// # Errors
/// `NotARecipient` or `Failed`.
pub fn to_recipient_armored(to: &str, plain: &[u8]) -> Result<String, SealError> {
    age::encrypt_and_armor(&recipient(to)?, plain).map_err(|why| SealError::Failed(why.to_string()))
}

/// Seals under a passphrase or code, in ASCII armour.
///
/// # Errors
/// `Failed`.
pub fn under_passphrase(passphrase: impl Into<SecretString>, plain: &[u8]) -> Result<String, SealError> {
    let mut recipient = scrypt::Recipient::new(passphrase.into());
    recipient.set_work_factor(WORK_FACTOR);
    let failed = |why: &dyn std::fmt::Display| SealError::Failed(why.to_string());
    let encryptor = Encryptor::with_recipients(iter::once(&recipient as _)).map_err(|why| failed(&why))?;
    let mut sealed = Vec::new();
    let write = |sealed: &mut Vec<u8>| -> std::io::Result<()> {
        let armor = ArmoredWriter::wrap_output(sealed, Format::AsciiArmor)?;
        let mut writer = encryptor.wrap_output(armor)?;
        writer.write_all(plain)?;
        writer.finish()?.finish()?;
        Ok(())
    };
    write(&mut sealed).map_err(|why| failed(&why))?;
    String::from_utf8(sealed).map_err(|why| failed(&why))
}

/// Opens what was sealed under a passphrase or code.
///
/// # Errors
/// `Locked`.
pub fn open_passphrase(passphrase: impl Into<SecretString>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let mut identity = scrypt::Identity::new(passphrase.into());
    identity.set_max_work_factor(WORK_FACTOR + 4);
    let decryptor = Decryptor::new_buffered(ArmoredReader::new(sealed)).map_err(|_| SealError::Locked)?;
    let mut reader = decryptor.decrypt(iter::once(&identity as _)).map_err(|_| SealError::Locked)?;
    let mut plain = Zeroizing::new(Vec::new());
    reader.read_to_end(&mut plain).map_err(|_| SealError::Locked)?;
    Ok(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_with_the_right_secret_only() {
        let (right, wrong) = (Identity::generate(), Identity::generate());
        let again = read_identity(&write_identity(&right)).unwrap();
        let to = right.to_public().to_string();
        for sealed in
            [to_recipient(&to, b"content").unwrap(), to_recipient_armored(&to, b"content").unwrap().into_bytes()]
        {
            assert_eq!(open(&again, &sealed).unwrap().as_slice(), b"content");
            assert_eq!(open(&wrong, &sealed), Err(SealError::Locked));
        }
        let sealed = under_passphrase("7K2M9QXB44", b"content").unwrap();
        let opened = |code: &str| open_passphrase(code, sealed.as_bytes());
        assert_eq!(opened("7K2M9QXB44").unwrap().as_slice(), b"content");
        assert_eq!(opened("7K2M9QXB45"), Err(SealError::Locked));
        assert_eq!(check_recipient("age1nobody"), Err(SealError::NotARecipient));
        assert_eq!(read_identity("AGE-SECRET-KEY-1NOBODY").map(|_| ()), Err(SealError::NotAnIdentity));
    }
}
