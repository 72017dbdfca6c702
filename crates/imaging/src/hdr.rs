//! High dynamic range to sRGB: light brighter than white is rolled off, not cut off.
//!
//! Curves by ITU-R BT.2100 (PQ and HLG), the roll-off by BT.2390 (section 5.4.1), applied to the brightest channel, so that
//! colours keep their hue.

use std::sync::LazyLock;

/// What diffuse white is, in candela per square metre (BT.2408): sRGB's white.
const WHITE: f32 = 203.0;

/// What is brighter than this is rare, and all of it becomes white.
const PEAK: f32 = 1000.0;

/// Entries of each table.
const STEPS: usize = 4096;

/// How numbers stand for light.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transfer {
    Pq,
    Hlg,
}

/// Whose red, green and blue the numbers mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Primaries {
    Srgb,
    DisplayP3,
    Bt2020,
}

impl Primaries {
    /// By the number in CICP (ITU-T H.273, table 2).
    pub(crate) fn from_cicp(number: u32) -> Self {
        match number {
            9 => Self::Bt2020,
            11 | 12 => Self::DisplayP3,
            _ => Self::Srgb,
        }
    }

    /// To linear light of sRGB.
    fn to_srgb(self, [r, g, b]: [f32; 3]) -> [f32; 3] {
        match self {
            Self::Srgb => [r, g, b],
            Self::DisplayP3 => [
                1.224_94 * r - 0.224_94 * g,
                -0.042_06 * r + 1.042_06 * g,
                -0.019_64 * r - 0.078_64 * g + 1.098_28 * b,
            ],
            Self::Bt2020 => [
                1.660_49 * r - 0.587_64 * g - 0.072_85 * b,
                -0.124_55 * r + 1.132_90 * g - 0.008_35 * b,
                -0.018_15 * r - 0.100_58 * g + 1.118_73 * b,
            ],
        }
    }

    /// How much each contributes to what the eye calls bright.
    fn luminance(self, [r, g, b]: [f32; 3]) -> f32 {
        let [wr, wg, wb] = match self {
            Self::Srgb => [0.2126, 0.7152, 0.0722],
            Self::DisplayP3 => [0.2290, 0.6917, 0.0793],
            Self::Bt2020 => [0.2627, 0.6780, 0.0593],
        };
        wr * r + wg * g + wb * b
    }
}

/// Turns numbers of 0 to 1 into sRGB.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ToneMap {
    pub(crate) transfer: Transfer,
    pub(crate) primaries: Primaries,
}

impl ToneMap {
    /// By transfer characteristics and primaries of CICP; `None` where they are not of high dynamic range.
    pub(crate) fn from_cicp(transfer: u32, primaries: u32) -> Option<Self> {
        let transfer = match transfer {
            16 => Transfer::Pq,
            18 => Transfer::Hlg,
            _ => return None,
        };
        Some(Self {
            transfer,
            primaries: Primaries::from_cicp(primaries),
        })
    }

    pub(crate) fn apply(self, coded: [f32; 3]) -> [u8; 3] {
        let tables = &*TABLES;
        let light = match self.transfer {
            Transfer::Pq => coded.map(|value| tables.pq[step(value)]),
            Transfer::Hlg => {
                let scene = coded.map(|value| tables.hlg[step(value)]);
                // The system's gamma on a display of 1000 candela is 1.2.
                let gain = PEAK * self.primaries.luminance(scene).max(0.0).powf(0.2);
                scene.map(|channel| channel * gain)
            }
        };
        let brightest = light[0].max(light[1]).max(light[2]);
        let scale = tables.roll_off[step((brightest / PEAK).sqrt())];
        let linear = self.primaries.to_srgb(light.map(|channel| channel * scale));
        linear.map(|channel| tables.srgb[step(channel.max(0.0).sqrt())])
    }
}

fn step(value: f32) -> usize {
    ((value * (STEPS - 1) as f32 + 0.5) as usize).min(STEPS - 1)
}

struct Tables {
    /// Code to candela.
    pq: Vec<f32>,
    /// Code to light of the scene, 0 to 1.
    hlg: Vec<f32>,
    /// By the root of light over [`PEAK`]: what to multiply light with so that sRGB's white is 1.
    roll_off: Vec<f32>,
    /// By the root of linear light.
    srgb: Vec<u8>,
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let table = |value: fn(f32) -> f32| -> Vec<f32> {
        (0..STEPS)
            .map(|step| value(step as f32 / (STEPS - 1) as f32))
            .collect()
    };
    Tables {
        pq: table(candela_of_pq),
        hlg: table(scene_of_hlg),
        roll_off: table(|root| {
            let light = (root * root * PEAK).max(1e-4);
            rolled_off(light) / (light * WHITE)
        }),
        srgb: table(|root| srgb_of_linear(root * root))
            .into_iter()
            .map(|value| (value * 255.0 + 0.5) as u8)
            .collect(),
    }
});

const M1: f32 = 0.159_301_76;
const M2: f32 = 78.843_75;
const C1: f32 = 0.835_937_5;
const C2: f32 = 18.851_563;
const C3: f32 = 18.6875;

fn candela_of_pq(code: f32) -> f32 {
    let root = code.powf(1.0 / M2);
    10_000.0 * ((root - C1).max(0.0) / (C2 - C3 * root)).powf(1.0 / M1)
}

fn pq_of_candela(light: f32) -> f32 {
    let power = (light / 10_000.0).powf(M1);
    ((C1 + C2 * power) / (1.0 + C3 * power)).powf(M2)
}

fn scene_of_hlg(code: f32) -> f32 {
    const A: f32 = 0.178_832_77;
    const B: f32 = 0.284_668_92;
    const C: f32 = 0.559_910_7;
    if code <= 0.5 {
        code * code / 3.0
    } else {
        (((code - C) / A).exp() + B) / 12.0
    }
}

/// From up to [`PEAK`] to up to [`WHITE`] candela: the same in the shadows, a Hermite spline in the lights.
fn rolled_off(light: f32) -> f32 {
    let peak = pq_of_candela(PEAK);
    let most = pq_of_candela(WHITE) / peak;
    let knee = 1.5 * most - 0.5;
    let value = (pq_of_candela(light) / peak).min(1.0);
    if value < knee {
        return light;
    }
    let t = (value - knee) / (1.0 - knee);
    let (t2, t3) = (t * t, t * t * t);
    let rolled = (2.0 * t3 - 3.0 * t2 + 1.0) * knee
        + (t3 - 2.0 * t2 + t) * (1.0 - knee)
        + (-2.0 * t3 + 3.0 * t2) * most;
    candela_of_pq(rolled * peak)
}

pub(crate) fn srgb_of_linear(linear: f32) -> f32 {
    if linear <= 0.003_130_8 {
        linear * 12.92
    } else {
        1.055 * linear.powf(1.0 / 2.4) - 0.055
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grey(transfer: Transfer, code: f32) -> u8 {
        let map = ToneMap {
            transfer,
            primaries: Primaries::Bt2020,
        };
        let [r, g, b] = map.apply([code; 3]);
        assert!(
            r.abs_diff(g) <= 1 && g.abs_diff(b) <= 1,
            "grey stays grey: {r} {g} {b}"
        );
        g
    }

    #[test]
    fn shadows_stay_and_lights_are_not_burnt_out() {
        for (transfer, codes) in [
            (Transfer::Pq, [0.0, 0.25, 0.44, 0.58, 0.67, 0.75]),
            (Transfer::Hlg, [0.0, 0.2, 0.5, 0.75, 0.9, 1.0]),
        ] {
            let seen = codes.map(|code| grey(transfer, code));
            assert!(
                seen.is_sorted() && seen.windows(2).all(|pair| pair[0] < pair[1]),
                "{seen:?}"
            );
            assert_eq!(seen[0], 0);
            assert!(seen[5] >= 254, "{seen:?}");
            assert!(
                (200..=245).contains(&seen[3]),
                "diffuse white is bright and leaves room: {seen:?}"
            );
        }
        // 18 % of white, as photographers' grey cards.
        let card = grey(Transfer::Pq, pq_of_candela(WHITE * 0.18));
        assert!(card.abs_diff(118) <= 2, "{card}");
    }

    #[test]
    fn colours_keep_their_hue_when_they_are_bright() {
        let map = ToneMap {
            transfer: Transfer::Pq,
            primaries: Primaries::DisplayP3,
        };
        let [r, g, b] = map.apply([0.8, 0.5, 0.3]);
        assert!(r > 250 && g < 190 && b < g, "{r} {g} {b}");
    }
}
