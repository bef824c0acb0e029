//! Everything that is encrypted: age, to a recipient or under a passphrase.

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

/// An X25519 identity in memory. age wipes it when it is dropped.
pub struct Identity(x25519::Identity);

impl Identity {
    /// A fresh identity. age takes its randomness from the operating system itself.
    pub fn generate() -> Self {
        Self(x25519::Identity::generate())
    }

    /// Reads `AGE-SECRET-KEY-1…`.
    ///
    /// # Errors
    /// `NotAnIdentity`.
    pub fn parse(text: &str) -> Result<Self, SealError> {
        text.parse().map(Self).map_err(|_| SealError::NotAnIdentity)
    }

    /// The recipient that it opens for: `age1…`.
    pub fn recipient(&self) -> String {
        self.0.to_public().to_string()
    }

    /// The same, for sealing a pack to it.
    pub fn to_public(&self) -> x25519::Recipient {
        self.0.to_public()
    }

    /// The secret as text, for sealing it.
    pub fn secret(&self) -> Zeroizing<String> {
        Zeroizing::new(self.0.to_string().expose_secret().to_owned())
    }

    /// Opens what was sealed to this identity, armoured or not.
    ///
    /// # Errors
    /// `Locked`.
    pub fn open(&self, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        age::decrypt(&self.0, sealed).map(Zeroizing::new).map_err(|_| SealError::Locked)
    }
}

impl From<x25519::Identity> for Identity {
    fn from(identity: x25519::Identity) -> Self {
        Self(identity)
    }
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
pub fn under_passphrase(passphrase: SecretString, plain: &[u8]) -> Result<String, SealError> {
    let mut recipient = scrypt::Recipient::new(passphrase);
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
pub fn open_passphrase(passphrase: SecretString, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let mut identity = scrypt::Identity::new(passphrase);
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
        let text = right.secret();
        let again = Identity::parse(&text).unwrap();
        for sealed in [
            to_recipient(&right.recipient(), b"content").unwrap(),
            to_recipient_armored(&right.recipient(), b"content").unwrap().into_bytes(),
        ] {
            assert_eq!(again.open(&sealed).unwrap().as_slice(), b"content");
            assert_eq!(wrong.open(&sealed), Err(SealError::Locked));
        }
        let sealed = under_passphrase(SecretString::from("7K2M9QXB44".to_owned()), b"content").unwrap();
        let open = |code: &str| open_passphrase(SecretString::from(code.to_owned()), sealed.as_bytes());
        assert_eq!(open("7K2M9QXB44").unwrap().as_slice(), b"content");
        assert_eq!(open("7K2M9QXB45"), Err(SealError::Locked));
        assert_eq!(check_recipient("age1nobody"), Err(SealError::NotARecipient));
    }
}
