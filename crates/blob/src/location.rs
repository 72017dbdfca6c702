use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use secrecy::SecretString;
use url::Url;

use crate::folder::FolderStore;
use crate::s3::S3Store;
use crate::{BlobStore, OpenError};

/// Where blobs are kept: what `PHOTURE_STORAGE_URL` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BlobLocation {
    /// `file:<folder>`, absolute or below the working directory.
    Folder(PathBuf),
    /// `s3://<bucket>[/<prefix>]`.
    Bucket { bucket: String, prefix: Option<String> },
}

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0}")]
pub struct InvalidLocation(&'static str);

/// How to reach a bucket.
#[derive(Clone, Debug)]
pub struct S3Settings {
    /// `https://fra1.digitaloceanspaces.com`; `None` means AWS itself, in `region`.
    pub endpoint: Option<Url>,
    /// Where browsers find the same server, if they are sent there; `None` where that is no other name.
    pub public_endpoint: Option<Url>,
    pub region: String,
    pub access_key_id: String,
    pub secret_access_key: SecretString,
    /// `https://endpoint/bucket/key` and not `https://bucket.endpoint/key`.
    pub path_style: bool,
}

impl S3Settings {
    /// Whence a browser gets what it is sent to a bucket for: scheme, host and port.
    pub fn public_origin(&self, bucket: &str) -> String {
        let endpoint = self.public_endpoint.as_ref().or(self.endpoint.as_ref());
        let (scheme, host) = match endpoint {
            Some(url) => {
                let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
                (
                    url.scheme(),
                    format!("{}{port}", url.host_str().unwrap_or_default()),
                )
            }
            None => ("https", format!("s3.{}.amazonaws.com", self.region)),
        };
        // A bucket with a dot in its name fits under no certificate, and is asked for by its path.
        if self.path_style || bucket.contains('.') && scheme == "https" {
            format!("{scheme}://{host}")
        } else {
            format!("{scheme}://{bucket}.{host}")
        }
    }
}

/// Opens a storage, and begins it where there is none yet.
///
/// A folder that cannot be used is an error; an S3 server that does not answer is not, for it may answer later: the store
/// then says so in [`BlobStore::ready`].
pub async fn open(location: &BlobLocation, s3: Option<&S3Settings>) -> Result<Arc<dyn BlobStore>, OpenError> {
    match location {
        BlobLocation::Folder(folder) => Ok(Arc::new(FolderStore::open(folder).await?)),
        BlobLocation::Bucket { bucket, prefix } => {
            let settings = s3.ok_or(OpenError::SettingsMissing)?;
            Ok(Arc::new(S3Store::open(bucket, prefix.as_deref(), settings).await))
        }
    }
}

/// Opens a storage that is there, and begins none: for whoever wants to look, and would take a new, empty one for a loss.
pub async fn open_existing(
    location: &BlobLocation,
    s3: Option<&S3Settings>,
) -> Result<Arc<dyn BlobStore>, OpenError> {
    match location {
        BlobLocation::Folder(folder) => {
            if !FolderStore::is_begun(folder).await? {
                return Err(OpenError::NotBegun);
            }
        }
        BlobLocation::Bucket { bucket, prefix } => {
            let settings = s3.ok_or(OpenError::SettingsMissing)?;
            if !S3Store::is_begun(bucket, prefix.as_deref(), settings).await? {
                return Err(OpenError::NotBegun);
            }
        }
    }
    open(location, s3).await
}

impl FromStr for BlobLocation {
    type Err = InvalidLocation;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(folder) = text.strip_prefix("file:") {
            return folder_of(folder).map(Self::Folder);
        }
        let rest = text.strip_prefix("s3://").ok_or(InvalidLocation(
            "a storage is file:<folder> or s3://<bucket>[/<prefix>]",
        ))?;
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        if !is_bucket(bucket) {
            return Err(InvalidLocation(
                "a bucket's name has 3 to 63 of a-z, 0-9, dot and hyphen",
            ));
        }
        let prefix = prefix.trim_end_matches('/');
        if !prefix.is_empty() && !prefix.split('/').all(is_prefix_segment) {
            return Err(InvalidLocation(
                "a prefix has words of letters, digits, dot, hyphen and underscore, with single slashes between",
            ));
        }
        let prefix = (!prefix.is_empty()).then(|| prefix.to_owned());
        Ok(Self::Bucket {
            bucket: bucket.to_owned(),
            prefix,
        })
    }
}

fn folder_of(text: &str) -> Result<PathBuf, InvalidLocation> {
    let path = match text.strip_prefix("//") {
        Some(absolute) if absolute.starts_with('/') => absolute,
        Some(_) => {
            return Err(InvalidLocation(
                "file:// takes no host: write file:<folder> or file:///<folder>",
            ));
        }
        None => text,
    };
    if path.is_empty() {
        Err(InvalidLocation("file: names no folder"))
    } else {
        Ok(PathBuf::from(path))
    }
}

fn is_bucket(name: &str) -> bool {
    let allowed = |c: u8| matches!(c, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-');
    (3..=63).contains(&name.len())
        && name.bytes().all(allowed)
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.ends_with(|c: char| c.is_ascii_alphanumeric())
}

fn is_prefix_segment(segment: &str) -> bool {
    let allowed = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'-' | b'_');
    !matches!(segment, "" | "." | "..") && segment.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_may_be_relative_or_absolute() {
        for (text, folder) in [
            ("file:data/blobs", "data/blobs"),
            ("file:./data", "./data"),
            ("file:/var/lib/photure", "/var/lib/photure"),
            ("file:///var/lib/photure", "/var/lib/photure"),
        ] {
            assert_eq!(text.parse(), Ok(BlobLocation::Folder(folder.into())), "{text}");
        }
    }

    #[test]
    fn a_bucket_may_have_a_prefix() {
        let bucket = |bucket: &str, prefix: Option<&str>| {
            Ok(BlobLocation::Bucket {
                bucket: bucket.into(),
                prefix: prefix.map(Into::into),
            })
        };
        assert_eq!("s3://photos".parse(), bucket("photos", None));
        assert_eq!("s3://photos/".parse(), bucket("photos", None));
        assert_eq!("s3://photos/a/b_1/".parse(), bucket("photos", Some("a/b_1")));
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "data",
            "file:",
            "file://",
            "file://data/blobs",
            "s3:photos",
            "s3://",
            "s3://ab",
            "s3://Photos",
            "s3://-photos",
            "s3://photos/a//b",
            "s3://photos/../b",
            "s3://photos/a b",
            "http://photos",
        ] {
            assert!(text.parse::<BlobLocation>().is_err(), "{text}");
        }
    }
}
