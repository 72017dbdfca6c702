//! Colour profiles: whatever a file says its numbers mean, the variants are sRGB.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use moxcms::{ColorProfile, DataColorSpace, Layout, ProfileText, Transform8BitExecutor, TransformOptions};

use crate::raster::Raster;

/// No eye sees a smaller difference (of 255), and rounding in profiles that are sRGB makes no larger one.
const INVISIBLE: u8 = 3;

/// From what a profile says to sRGB.
pub(crate) struct Conversion(Arc<Transform8BitExecutor>);

impl Conversion {
    /// `None`: `icc` means sRGB, or makes no sense, which changes nothing, as in browsers.
    pub(crate) fn to_srgb(icc: &[u8]) -> Option<Self> {
        let conversion = catch_unwind(AssertUnwindSafe(|| {
            let transform = transform(icc, DataColorSpace::Rgb, Layout::Rgb)?;
            (!is_nearly_nothing(&transform)?).then_some(Self(transform))
        }));
        conversion.ok().flatten()
    }

    pub(crate) fn apply(&self, raster: &mut Raster) {
        let converted = catch_unwind(AssertUnwindSafe(|| {
            let mut rgb = vec![0; raster.rgb.len()];
            self.0.transform(&raster.rgb, &mut rgb).ok().map(|()| rgb)
        }));
        if let Ok(Some(rgb)) = converted {
            raster.rgb = rgb;
        }
    }
}

/// Four inks to sRGB, by their profile if it makes sense, else as if ink were ideal. `inverted`: 255 means no ink.
pub(crate) fn cmyk_to_rgb(mut cmyk: Vec<u8>, inverted: bool, icc: Option<&[u8]>) -> Vec<u8> {
    if inverted {
        cmyk.iter_mut().for_each(|ink| *ink = 255 - *ink);
    }
    Inks::of(icc).to_rgb(&cmyk)
}

/// What four inks mean. Made once for a picture that comes in many parts: a profile takes milliseconds to be understood.
pub(crate) struct Inks(Option<Arc<Transform8BitExecutor>>);

impl Inks {
    pub(crate) fn of(icc: Option<&[u8]>) -> Self {
        Self(icc.and_then(|icc| {
            catch_unwind(AssertUnwindSafe(|| {
                transform(icc, DataColorSpace::Cmyk, Layout::Rgba)
            }))
            .ok()
            .flatten()
        }))
    }

    /// Four bytes a pixel, of which 0 means no ink, to three.
    pub(crate) fn to_rgb(&self, cmyk: &[u8]) -> Vec<u8> {
        let managed = self.0.as_ref().and_then(|transform| {
            catch_unwind(AssertUnwindSafe(|| {
                let mut rgb = vec![0; cmyk.len() / 4 * 3];
                transform.transform(cmyk, &mut rgb).ok().map(|()| rgb)
            }))
            .ok()
            .flatten()
        });
        managed.unwrap_or_else(|| {
            let light =
                |ink: u8, black: u8| ((u32::from(255 - ink) * u32::from(255 - black) + 127) / 255) as u8;
            cmyk.chunks_exact(4)
                .flat_map(|inks| [0, 1, 2].map(|ink| light(inks[ink], inks[3])))
                .collect()
        })
    }
}

fn transform(icc: &[u8], space: DataColorSpace, layout: Layout) -> Option<Arc<Transform8BitExecutor>> {
    let profile = ColorProfile::new_from_slice(icc).ok()?;
    if profile.color_space != space || is_srgb_for_printers(&profile) {
        return None;
    }
    let options = TransformOptions::default();
    profile
        .create_transform_8bit(layout, &ColorProfile::new_srgb(), Layout::Rgb, options)
        .ok()
}

/// The ICC's own "sRGB v4 preference" means sRGB, with tables that make room for the blacks of paper: followed to a
/// screen's sRGB they would only wash the picture out.
fn is_srgb_for_printers(profile: &ColorProfile) -> bool {
    let name = match &profile.description {
        Some(ProfileText::PlainString(name)) => name,
        Some(ProfileText::Localizable(names)) => match names.first() {
            Some(name) => &name.value,
            None => return false,
        },
        Some(ProfileText::Description(name)) => &name.ascii_string,
        None => return false,
    };
    name.replace('_', " ").starts_with("sRGB v4 ICC preference")
}

/// Many profiles are sRGB under another name: tried on colours from all over, they change none.
fn is_nearly_nothing(transform: &Arc<Transform8BitExecutor>) -> Option<bool> {
    let colours: Vec<u8> = (0..216)
        .flat_map(|n| [n / 36, n / 6 % 6, n % 6])
        .map(|step| step as u8 * 51)
        .collect();
    let mut converted = vec![0; colours.len()];
    transform.transform(&colours, &mut converted).ok()?;
    Some(
        colours
            .iter()
            .zip(&converted)
            .all(|(before, after)| before.abs_diff(*after) <= INVISIBLE),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn converted(profile: &ColorProfile, colour: [u8; 3]) -> [u8; 3] {
        let mut raster = Raster {
            width: 1,
            height: 1,
            rgb: colour.to_vec(),
        };
        if let Some(conversion) = Conversion::to_srgb(&profile.encode().unwrap()) {
            conversion.apply(&mut raster);
        }
        raster.rgb.try_into().unwrap()
    }

    #[test]
    fn srgb_is_left_alone_and_other_spaces_are_converted() {
        let colour = [180, 90, 60];
        assert_eq!(converted(&ColorProfile::new_srgb(), colour), colour);
        let [r, g, b] = converted(&ColorProfile::new_display_p3(), colour);
        assert!(
            r > 185 && g < 90 && b < 60,
            "P3 is wider, so the same numbers are more vivid: {r} {g} {b}"
        );
        let [r, g, b] = converted(&ColorProfile::new_adobe_rgb(), [128; 3]);
        assert!(r == g && g == b, "grey stays grey: {r} {g} {b}");
    }

    #[test]
    fn a_profile_without_sense_changes_nothing() {
        assert!(Conversion::to_srgb(b"no profile at all").is_none());
    }

    #[test]
    fn inks_without_a_profile_take_away_light() {
        assert_eq!(cmyk_to_rgb(vec![0, 0, 0, 0], false, None), [255, 255, 255]);
        assert_eq!(cmyk_to_rgb(vec![0, 255, 255, 0], false, None), [255, 0, 0]);
        assert_eq!(cmyk_to_rgb(vec![0, 0, 0, 0], true, None), [0, 0, 0]);
    }
}
