//! The proof to Entra that the application has the certificate's key.

/// The signature of an assertion, and the thumbprint that names the certificate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AssertionKind {
    /// RSASSA-PSS and SHA-256, as Microsoft asks for.
    #[default]
    Ps256Sha256,
    /// RSASSA-PKCS1-v1_5 and SHA-1, as older clients do.
    Rs256Sha1,
}
