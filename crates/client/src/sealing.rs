//! Sealing secrets with age: to a recipient, or under a passphrase or code.

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
    str::FromStr,
};
use zeroize::Zeroizing;

/// The bytes are not sealed to this key or passphrase, or were changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this key does not open it")]
pub struct WrongKey;

/// An X25519 identity.
pub type Identity = x25519::Identity;

/// Makes a new identity.
pub fn identity() -> Identity {
    Identity::generate()
}

/// Reads an identity as age writes it.
///
/// # Errors
/// The text is not an identity.
pub fn read_identity(text: &str) -> Result<Identity, WrongKey> {
    Identity::from_str(text.trim()).map_err(|_| WrongKey)
}

/// The identity as age writes it.
pub fn write_identity(identity: &Identity) -> Zeroizing<String> {
    Zeroizing::new(identity.to_string().expose_secret().to_owned())
}

/// Seals `bytes` to an age recipient, in ASCII armour.
///
/// # Errors
/// `recipient` is not an age recipient.
pub fn seal_to(recipient: &str, bytes: &[u8]) -> Result<String, WrongKey> {
    let recipient = x25519::Recipient::from_str(recipient).map_err(|_| WrongKey)?;
    age::encrypt_and_armor(&recipient, bytes).map_err(|_| WrongKey)
}

/// Opens what was sealed to `identity`.
///
/// # Errors
/// It was sealed to another, or changed.
pub fn open_with(identity: &Identity, sealed: &str) -> Result<Zeroizing<Vec<u8>>, WrongKey> {
    age::decrypt(identity, sealed.as_bytes()).map(Zeroizing::new).map_err(|_| WrongKey)
}

/// Seals `bytes` under a passphrase, in ASCII armour. Takes about a second on purpose.
///
/// # Errors
/// When there is no memory for it.
pub fn seal_under(passphrase: &str, bytes: &[u8]) -> Result<String, WrongKey> {
    let encryptor = Encryptor::with_user_passphrase(SecretString::from(passphrase.to_owned()));
    let mut sealed = Vec::new();
    let seal = || -> std::io::Result<()> {
        let armour = ArmoredWriter::wrap_output(&mut sealed, Format::AsciiArmor)?;
        let mut writer = encryptor.wrap_output(armour)?;
        writer.write_all(bytes)?;
        writer.finish().and_then(ArmoredWriter::finish)?;
        Ok(())
    };
    seal().map_err(|_| WrongKey)?;
    String::from_utf8(sealed).map_err(|_| WrongKey)
}

/// Opens what was sealed under a passphrase or a code.
///
/// # Errors
/// The passphrase is another, or the bytes were changed.
pub fn open_under(passphrase: &str, sealed: &str) -> Result<Zeroizing<Vec<u8>>, WrongKey> {
    let decryptor = Decryptor::new(ArmoredReader::new(sealed.as_bytes())).map_err(|_| WrongKey)?;
    let identity = scrypt::Identity::new(SecretString::from(passphrase.to_owned()));
    let mut reader = decryptor.decrypt(iter::once(&identity as &dyn age::Identity)).map_err(|_| WrongKey)?;
    let mut bytes = Zeroizing::new(Vec::new());
    reader.read_to_end(&mut bytes).map_err(|_| WrongKey)?;
    Ok(bytes)
}

/// A proctor's code as it was sealed under: without spaces and hyphens, upper case, I and L read as 1, O as 0.
pub fn normal_code(code: &str) -> String {
    code.chars()
        .filter(|c| !matches!(c, ' ' | '-'))
        .map(|c| match c.to_ascii_uppercase() {
            'I' | 'L' => '1',
            'O' => '0',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_key_opens() {
        let (mine, other) = (identity(), identity());
        let sealed = seal_to(&mine.to_public().to_string(), b"secret").unwrap();
        assert_eq!(open_with(&mine, &sealed).unwrap().as_slice(), b"secret");
        assert_eq!(open_with(&other, &sealed).unwrap_err(), WrongKey);
        let again = read_identity(&write_identity(&mine)).unwrap();
        assert_eq!(open_with(&again, &sealed).unwrap().as_slice(), b"secret");
    }

    #[test]
    fn only_the_right_passphrase_opens() {
        let sealed = seal_under("correct horse", b"secret").unwrap();
        assert_eq!(open_under("correct horse", &sealed).unwrap().as_slice(), b"secret");
        assert_eq!(open_under("Correct horse", &sealed).unwrap_err(), WrongKey);
    }

    #[test]
    fn codes_are_read_as_people_write_them() {
        assert_eq!(normal_code(" 7k2m9-qxbol "), "7K2M9QXB01");
    }
}
