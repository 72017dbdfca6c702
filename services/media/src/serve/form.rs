use photure_blob::BlobKey;
use photure_domain::media_address::Variant;
use photure_domain::photo::MediaType;

use super::Place;

/// Which bytes are sent for a place: of a variant there are two forms, WebP and JPEG.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Form {
    pub(crate) key: BlobKey,
    /// Of an original without an ending only its bytes know.
    pub(crate) media_type: Option<&'static str>,
    /// Another client might be sent another form under the same address.
    pub(crate) by_accept: bool,
}

impl Form {
    /// The form that the ending names; where there is none, the one that `accept` likes better, and of two that it likes as well the one
    /// that is there already. `None`: it takes neither.
    pub(crate) fn of(place: &Place, accept: Option<&str>) -> Option<Self> {
        if let Some((film, media_type)) = place.film {
            return Some(Self {
                key: BlobKey::film(place.sha256, film),
                media_type: Some(media_type.as_str()),
                by_accept: false,
            });
        }
        let kept = BlobKey::new(place.sha256, place.variant);
        let form = |key: BlobKey, by_accept| Self {
            key,
            media_type: key.media_type().or(place.ending).map(MediaType::as_str),
            by_accept,
        };
        if place.variant == Variant::Original {
            return Some(form(kept, false));
        }
        if let Some(ending) = place.ending {
            let is_kept = kept.media_type() == Some(ending);
            return Some(form(if is_kept { kept } else { kept.recoded() }, false));
        }
        let liking = |key: BlobKey| match (key.media_type(), accept) {
            (Some(coding), Some(accept)) => quality(accept, coding.as_str()),
            _ => WHOLE,
        };
        let (of_kept, of_recoded) = (liking(kept), liking(kept.recoded()));
        match of_kept.max(of_recoded) {
            0 => None,
            _ if of_kept >= of_recoded => Some(form(kept, true)),
            _ => Some(form(kept.recoded(), true)),
        }
    }

    pub(crate) fn etag(&self) -> String {
        if let Some(film) = self.key.film_hash() {
            return format!("\"{film}-live\"");
        }
        let BlobKey { sha256, variant, .. } = self.key;
        let other = if self.key.is_recoded() { "-recoded" } else { "" };
        format!("\"{sha256}-{}{other}\"", variant.as_str())
    }
}

/// A quality in thousandths.
const WHOLE: u16 = 1000;

/// How much an `Accept` likes an image (RFC 9110, section 12.5.1), in thousandths: what its closest range says. One that is empty
/// takes everything.
fn quality(accept: &str, media_type: &str) -> u16 {
    if accept.trim().is_empty() {
        return WHOLE;
    }
    let closest = accept
        .split(',')
        .filter_map(|element| {
            let mut parts = element.split(';').map(str::trim);
            let closeness = match parts.next()? {
                range if range.eq_ignore_ascii_case(media_type) => 2,
                range if range.eq_ignore_ascii_case("image/*") => 1,
                "*/*" => 0,
                _ => return None,
            };
            let weight = parts.find_map(|parameter| {
                let (name, value) = parameter.split_once('=')?;
                name.trim().eq_ignore_ascii_case("q").then_some(value.trim())
            });
            Some((closeness, weight.map_or(WHOLE, thousandths)))
        })
        .max_by_key(|(closeness, _)| *closeness);
    closest.map_or(0, |(_, quality)| quality)
}

/// What is malformed says nothing.
fn thousandths(weight: &str) -> u16 {
    match weight.parse::<f32>() {
        Ok(weight) if (0.0..=1.0).contains(&weight) => (weight * f32::from(WHOLE)) as u16,
        _ => WHOLE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(file: &str, accept: Option<&str>) -> Option<&'static str> {
        let place = Place::read(&format!("/media/{}/{file}", "ab".repeat(32))).unwrap();
        Form::of(&place, accept)?.media_type
    }

    #[test]
    fn a_client_gets_what_it_takes_and_else_what_is_there() {
        for (accept, thumb, preview) in [
            (None, "image/webp", "image/jpeg"),
            (Some(""), "image/webp", "image/jpeg"),
            (Some("*/*"), "image/webp", "image/jpeg"),
            (Some("IMAGE/*;q=0.8"), "image/webp", "image/jpeg"),
            (
                Some("image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"),
                "image/webp",
                "image/jpeg",
            ),
            (Some("image/png, image/jpeg"), "image/jpeg", "image/jpeg"),
            (Some("image/webp"), "image/webp", "image/webp"),
            (
                Some("image/webp;q=0.3, image/jpeg ; q=0.7"),
                "image/jpeg",
                "image/jpeg",
            ),
            (Some("image/webp;q=0, */*"), "image/jpeg", "image/jpeg"),
            (Some("*/*;q=0.1, image/jpeg;q=0"), "image/webp", "image/webp"),
            (Some("image/webp;q=much"), "image/webp", "image/webp"),
        ] {
            assert_eq!(chosen("thumb", accept), Some(thumb), "{accept:?}");
            assert_eq!(chosen("preview", accept), Some(preview), "{accept:?}");
        }
        for neither in [
            "image/avif",
            "text/html",
            "image/*;q=0",
            "application/json, image/png",
        ] {
            assert_eq!(chosen("thumb", Some(neither)), None, "{neither}");
        }
    }

    #[test]
    fn an_ending_and_an_original_leave_no_choice() {
        for (file, media_type) in [
            ("thumb.jpg", "image/jpeg"),
            ("thumb.webp", "image/webp"),
            ("preview.webp", "image/webp"),
            ("original.png", "image/png"),
        ] {
            assert_eq!(chosen(file, Some("text/html")), Some(media_type), "{file}");
        }
    }
}
