use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// A stand-in for auth's keys: signs whatever claims a test asks for.
#[derive(Debug)]
pub struct Issuer(Ed25519KeyPair);

impl Default for Issuer {
    fn default() -> Self {
        Self(Ed25519KeyPair::generate().expect("the operating system has randomness"))
    }
}

impl Issuer {
    pub const KID: &str = "test-key";

    /// The document at `/.well-known/jwks.json`.
    pub fn jwks(&self) -> Value {
        let x = URL_SAFE_NO_PAD.encode(self.0.public_key());
        json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": Self::KID, "x": x}]})
    }

    pub fn token(&self, claims: &Value) -> String {
        self.token_with(&json!({"alg": "EdDSA", "typ": "JWT", "kid": Self::KID}), claims)
    }

    pub fn token_with(&self, header: &Value, claims: &Value) -> String {
        let signed = [header, claims]
            .map(|part| URL_SAFE_NO_PAD.encode(part.to_string()))
            .join(".");
        let signature = URL_SAFE_NO_PAD.encode(self.0.sign(signed.as_bytes()));
        format!("{signed}.{signature}")
    }
}
