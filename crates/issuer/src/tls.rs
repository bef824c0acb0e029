//! Encryption to other servers, as this system trusts them.

use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;

/// What is believed of a server: the certificates that the system trusts.
///
/// # Errors
/// When the provider of ciphers knows no version of TLS, which would be a mistake in how this program was built.
pub fn trusting_the_system() -> Result<ClientConfig, rustls::Error> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}
