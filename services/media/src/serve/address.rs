use photure_domain::Sha256;
use photure_domain::film::FilmType;
use photure_domain::media_address::Variant;
use photure_domain::photo::MediaType;
use url::form_urlencoded;

/// Where something may be: what stands before the question mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) sha256: Sha256,
    pub(crate) variant: Variant,
    /// What the ending says; `None` where there is none.
    pub(crate) ending: Option<MediaType>,
    /// Not a picture, but a film that lies beside the original.
    pub(crate) film: Option<(Sha256, FilmType)>,
}

/// What somebody asks for: `/media/<sha256>/<variant>[.<ext>]?exp=…&sig=…[&dl=…]`, or `live-<sha256 of the film>.<ext>` in the place of a variant, taken apart and not yet believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) place: Place,
    pub(crate) expires: i64,
    pub(crate) signature: String,
    pub(crate) download_as: Option<String>,
}

impl Place {
    /// `None` where there is no such place: what is no hash, no variant or an ending it never has.
    pub(crate) fn read(path: &str) -> Option<Self> {
        let (hash, file) = path.strip_prefix("/media/")?.split_once('/')?;
        if let Some(film) = file.strip_prefix("live-") {
            let (film, extension) = film.split_once('.')?;
            return Some(Self {
                sha256: hash.parse().ok()?,
                variant: Variant::Original,
                ending: None,
                film: Some((film.parse().ok()?, FilmType::from_extension(extension)?)),
            });
        }
        let (variant, ending) = match file.split_once('.') {
            Some((variant, extension)) => (variant, Some(MediaType::from_extension(extension)?)),
            None => (file, None),
        };
        let variant: Variant = variant.parse().ok()?;
        let is_coded_so = |ending| variant == Variant::Original || CODINGS.contains(&ending);
        ending.is_none_or(is_coded_so).then_some(Self {
            sha256: hash.parse().ok()?,
            variant,
            ending,
            film: None,
        })
    }
}

/// What a thumb or a preview may be coded as. AVIF is not among them: a preview takes 400 ms as AVIF, 70 as WebP and 8 as JPEG.
const CODINGS: [MediaType; 2] = [MediaType::WebP, MediaType::Jpeg];

impl Address {
    /// `None` where something is missing or there twice, so that it cannot have been signed.
    pub(crate) fn read(place: Place, query: &str) -> Option<Self> {
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
        Some(Self {
            place,
            expires: expires?.parse().ok()?,
            signature: signature?,
            download_as,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn an_address_names_a_variant_of_a_hash_and_perhaps_its_form() {
        for (file, variant, ending) in [
            ("thumb", Variant::Thumb, None),
            ("thumb.webp", Variant::Thumb, Some(MediaType::WebP)),
            ("thumb.jpg", Variant::Thumb, Some(MediaType::Jpeg)),
            ("preview", Variant::Preview, None),
            ("preview.jpg", Variant::Preview, Some(MediaType::Jpeg)),
            ("preview.webp", Variant::Preview, Some(MediaType::WebP)),
            ("original", Variant::Original, None),
            ("original.png", Variant::Original, Some(MediaType::Png)),
        ] {
            let sha256 = HASH.parse().unwrap();
            let place = Place {
                sha256,
                variant,
                ending,
                film: None,
            };
            assert_eq!(
                Place::read(&format!("/media/{HASH}/{file}")),
                Some(place),
                "{file}"
            );
        }
    }

    #[test]
    fn an_address_of_a_film_names_the_photo_the_film_and_its_form() {
        for (extension, media_type) in [("mov", FilmType::QuickTime), ("mp4", FilmType::Mp4)] {
            let film = "ab".repeat(32);
            let place = Place::read(&format!("/media/{HASH}/live-{film}.{extension}")).unwrap();
            assert_eq!(place.sha256.to_string(), HASH);
            assert_eq!(place.film, Some((film.parse().unwrap(), media_type)));
        }
    }

    #[test]
    fn other_places_do_not_exist() {
        let upper = HASH.to_uppercase();
        for path in [
            format!("/media/{HASH}"),
            format!("/media/{HASH}/"),
            format!("/media/{HASH}/thumb.png"),
            format!("/media/{HASH}/thumb.avif"),
            format!("/media/{HASH}/preview."),
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
            format!("/media/{HASH}/live"),
            format!("/media/{HASH}/live-{HASH}"),
            format!("/media/{HASH}/live-{HASH}.html"),
            format!("/media/{HASH}/live-{upper}.mov"),
            format!("/media/{HASH}/live-{HASH}.mov.mp4"),
            format!("/media/{HASH}/live-.mov"),
            "/media/../../etc/passwd".into(),
            "/media/%2e%2e/%2e%2e".into(),
        ] {
            assert_eq!(Place::read(&path), None, "{path}");
        }
    }

    #[test]
    fn what_was_signed_is_there_once() {
        let place = Place::read(&format!("/media/{HASH}/thumb.webp")).unwrap();
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
