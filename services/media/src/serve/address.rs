use photure_blob::BlobKey;
use photure_domain::Sha256;
use photure_domain::media_address::Variant;
use photure_domain::photo::MediaType;
use url::form_urlencoded;

/// What somebody asks for: `/media/<sha256>/<variant>[.<ext>]?exp=…&sig=…[&dl=…]`, taken apart and not yet believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) key: BlobKey,
    /// By the ending; of an original without one only its bytes know.
    pub(crate) media_type: Option<MediaType>,
    pub(crate) expires: i64,
    pub(crate) signature: String,
    pub(crate) download_as: Option<String>,
}

impl Address {
    /// `None` where there is no such place: what is no hash, no variant or an ending it never has.
    pub(crate) fn place(path: &str) -> Option<(BlobKey, Option<MediaType>)> {
        let (hash, file) = path.strip_prefix("/media/")?.split_once('/')?;
        let sha256: Sha256 = hash.parse().ok()?;
        let (variant, extension) = match file.split_once('.') {
            Some((variant, extension)) => (variant, Some(extension)),
            None => (file, None),
        };
        let variant: Variant = variant.parse().ok()?;
        let media_type = media_type(variant, extension)?;
        Some((BlobKey::new(sha256, variant), media_type))
    }

    /// `None` where something is missing or there twice, so that it cannot have been signed.
    pub(crate) fn read(place: (BlobKey, Option<MediaType>), query: &str) -> Option<Self> {
        let (mut expires, mut signature, mut download_as) = (None, None, None);
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let slot = match &*name {
                "exp" => &mut expires,
                "sig" => &mut signature,
                "dl" => &mut download_as,
                _ => continue,
            };
            if slot.replace(value.into_owned()).is_some() {
                return None;
            }
        }
        let (key, media_type) = place;
        Some(Self {
            key,
            media_type,
            expires: expires?.parse().ok()?,
            signature: signature?,
            download_as,
        })
    }
}

/// `Some(None)`: only the bytes know.
fn media_type(variant: Variant, extension: Option<&str>) -> Option<Option<MediaType>> {
    let own = match variant {
        Variant::Thumb => Some(MediaType::WebP),
        Variant::Preview => Some(MediaType::Jpeg),
        Variant::Original => None,
    };
    let Some(extension) = extension else {
        return Some(own);
    };
    let said = MediaType::from_extension(extension)?;
    own.is_none_or(|own| own == said).then_some(Some(said))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn an_address_names_a_variant_of_a_hash() {
        let place = |file: &str| Address::place(&format!("/media/{HASH}/{file}"));
        let key = |variant| BlobKey::new(HASH.parse().unwrap(), variant);
        assert_eq!(
            place("thumb.webp"),
            Some((key(Variant::Thumb), Some(MediaType::WebP)))
        );
        assert_eq!(place("thumb"), Some((key(Variant::Thumb), Some(MediaType::WebP))));
        assert_eq!(
            place("preview.jpg"),
            Some((key(Variant::Preview), Some(MediaType::Jpeg)))
        );
        assert_eq!(
            place("original.png"),
            Some((key(Variant::Original), Some(MediaType::Png)))
        );
        assert_eq!(place("original"), Some((key(Variant::Original), None)));
    }

    #[test]
    fn other_places_do_not_exist() {
        let upper = HASH.to_uppercase();
        for path in [
            format!("/media/{HASH}"),
            format!("/media/{HASH}/"),
            format!("/media/{HASH}/thumb.jpg"),
            format!("/media/{HASH}/thumb.webp.jpg"),
            format!("/media/{HASH}/original.exe"),
            format!("/media/{HASH}/original."),
            format!("/media/{HASH}/Thumb.webp"),
            format!("/media/{HASH}/thumb.webp/more"),
            format!("/media/{HASH}/../{HASH}/thumb.webp"),
            format!("/media/{HASH}/%74humb.webp"),
            format!("/media/{upper}/thumb.webp"),
            format!("/media//{HASH}/thumb.webp"),
            format!("/{HASH}/thumb.webp"),
            "/media/../../etc/passwd".into(),
            "/media/%2e%2e/%2e%2e".into(),
        ] {
            assert_eq!(Address::place(&path), None, "{path}");
        }
    }

    #[test]
    fn what_was_signed_is_there_once() {
        let place = Address::place(&format!("/media/{HASH}/thumb.webp")).unwrap();
        let address = Address::read(place, "exp=17&sig=abc&dl=a%2Bb%20%C3%BC.jpg&utm=1").unwrap();
        assert_eq!((address.expires, address.signature.as_str()), (17, "abc"));
        assert_eq!(address.download_as.as_deref(), Some("a+b ü.jpg"));
        for query in [
            "",
            "exp=17",
            "sig=abc",
            "exp=soon&sig=abc",
            "exp=17&exp=18&sig=abc",
            "exp=1&sig=a&dl=x&dl=y",
        ] {
            assert_eq!(Address::read(place, query), None, "{query}");
        }
    }
}
