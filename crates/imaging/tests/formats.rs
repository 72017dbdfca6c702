//! What is read, and how it looks afterwards.

#![allow(clippy::unwrap_used)] // in what tests share, too

mod support;

use image::{GenericImageView, Rgb, RgbImage};
use photure_domain::photo::MediaType;
use support::build::{self, QUADRANTS, scene};
use support::{distance, picture, seen};

/// The colours in the middle of the quadrants.
fn quadrants(image: &RgbImage) -> [[u8; 3]; 4] {
    let (width, height) = image.dimensions();
    [(1, 1), (3, 1), (1, 3), (3, 3)].map(|(x, y)| image.get_pixel(width * x / 4, height * y / 4).0)
}

#[track_caller]
fn assert_quadrants(image: &RgbImage, expected: [[u8; 3]; 4], tolerance: u8) {
    let found = quadrants(image);
    let near = found
        .iter()
        .flatten()
        .zip(expected.iter().flatten())
        .all(|(a, b)| a.abs_diff(*b) <= tolerance);
    assert!(near, "{found:?}, where {expected:?} was expected");
}

#[track_caller]
fn assert_looks_like(preview: &photure_imaging::Encoded, expected: &RgbImage) {
    let far = distance(&seen(preview), expected);
    // Two lossy codings, the second with halved colour.
    assert!(far < 4.0, "{far}");
}

#[test]
fn every_coding_of_jpeg_looks_the_same() {
    let all: [(&str, &[u8]); 9] = [
        ("progressive", include_bytes!("fixtures/progressive.jpg")),
        ("arithmetic", include_bytes!("fixtures/arithmetic.jpg")),
        ("rgb", include_bytes!("fixtures/rgb.jpg")),
        ("444", include_bytes!("fixtures/444.jpg")),
        ("422", include_bytes!("fixtures/422.jpg")),
        ("440", include_bytes!("fixtures/440.jpg")),
        ("411", include_bytes!("fixtures/411.jpg")),
        ("cmyk", include_bytes!("fixtures/cmyk.jpg")),
        ("ycck", include_bytes!("fixtures/ycck.jpg")),
    ];
    for (name, bytes) in all {
        let picture = picture(bytes);
        assert_eq!(
            (picture.media_type, picture.width, picture.height),
            (MediaType::Jpeg, 61, 43),
            "{name}"
        );
        assert_quadrants(&seen(&picture.preview), QUADRANTS, 12);
    }
}

#[test]
fn a_grey_jpeg_is_grey() {
    let picture = picture(include_bytes!("fixtures/gray.jpg"));
    assert_quadrants(&seen(&picture.preview), [[96; 3], [136; 3], [69; 3], [240; 3]], 6);
}

#[test]
fn variants_fit_their_squares_and_are_never_enlarged() {
    let large = picture(&build::jpeg(&scene(3001, 1999)));
    assert_eq!((large.width, large.height), (3001, 1999));
    assert_eq!((large.preview.width, large.preview.height), (1440, 959));
    assert_eq!((large.thumb.width, large.thumb.height), (512, 341));
    let small = picture(&build::jpeg(&scene(300, 200)));
    assert_eq!((small.preview.width, small.preview.height), (300, 200));
    assert_eq!((small.thumb.width, small.thumb.height), (300, 200));
    let line = picture(&build::jpeg(&scene(4000, 1)));
    assert_eq!((line.preview.width, line.preview.height), (1440, 1));
    let dot = picture(&build::jpeg(&scene(1, 1)));
    assert_eq!((dot.preview.width, dot.thumb.width), (1, 1));
}

#[test]
fn a_scaled_preview_shows_the_same_as_a_full_decode() {
    for (width, height) in [(3001, 1999), (1441, 1443), (5763, 777), (1999, 4999)] {
        let full = scene(width, height);
        for bytes in [build::jpeg(&full), build::png(&full)] {
            let picture = picture(&bytes);
            let (w, h) = (picture.preview.width, picture.preview.height);
            let expected = image::imageops::resize(&full, w, h, image::imageops::FilterType::Lanczos3);
            assert_looks_like(&picture.preview, &expected);
        }
    }
}

#[test]
fn thumbs_are_webp_and_previews_are_jpeg() {
    let read = picture(&build::jpeg(&scene(900, 700)));
    assert_eq!(photure_imaging::sniff(&read.thumb.bytes), Some(MediaType::WebP));
    assert_eq!(photure_imaging::sniff(&read.preview.bytes), Some(MediaType::Jpeg));
    let thumb = picture(&read.thumb.bytes);
    assert_eq!(
        (thumb.media_type, thumb.width, thumb.height),
        (MediaType::WebP, 512, 398)
    );
    assert_looks_like(&thumb.preview, &scene(512, 398));
}

#[test]
fn orientations_zero_to_nine_are_turned_upright() {
    let upright = scene(120, 80);
    let stored = |number: u16| match number {
        2 => image::imageops::flip_horizontal(&upright),
        3 => image::imageops::rotate180(&upright),
        4 => image::imageops::flip_vertical(&upright),
        5 => image::imageops::flip_horizontal(&image::imageops::rotate90(&upright)),
        6 => image::imageops::rotate270(&upright),
        7 => image::imageops::flip_horizontal(&image::imageops::rotate270(&upright)),
        8 => image::imageops::rotate90(&upright),
        _ => upright.clone(),
    };
    for number in 0..=9 {
        let jpeg = build::inserted(&build::jpeg(&stored(number)), &build::orientation(number));
        let (head, rest) = (
            build::png(&stored(number)),
            build::tiff(&[(0x0112, 3, 1, u32::from(number))]),
        );
        let (header, body) = build::png_parts(&head);
        let png = [header, &build::png_chunk(b"eXIf", &rest), body].concat();
        for bytes in [jpeg, png] {
            let picture = picture(&bytes);
            assert_eq!((picture.width, picture.height), (120, 80), "orientation {number}");
            assert_eq!(
                (picture.thumb.width, picture.thumb.height),
                (120, 80),
                "orientation {number}"
            );
            assert_looks_like(&picture.preview, &upright);
        }
    }
}

#[test]
fn only_the_first_picture_of_several_counts() {
    let first = build::jpeg(&scene(64, 48));
    let mpo = [first, build::jpeg(&scene(640, 480))].concat();
    assert_eq!(picture(&mpo).width, 64);
}

#[test]
fn transparent_pixels_become_white() {
    let half = build::png_with_alpha(40, 40, |x, _| [200, 0, 0, if x < 20 { 0 } else { 255 }]);
    let shown = seen(&picture(&half).preview);
    assert_quadrants(&shown, [[255; 3], [200, 0, 0], [255; 3], [200, 0, 0]], 6);
}

#[test]
fn a_png_of_sixteen_bits_or_a_palette_is_read() {
    let deep = image::ImageBuffer::from_fn(40, 30, |x, y| {
        Rgb([(x * 1600) as u16, (y * 2100) as u16, 9000_u16])
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::DynamicImage::ImageRgb16(deep)
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    let expected = RgbImage::from_fn(40, 30, |x, y| {
        Rgb([(x * 1600 / 257) as u8, (y * 2100 / 257) as u8, 35])
    });
    assert_looks_like(&picture(&bytes.into_inner()).preview, &expected);

    // Two bits a pixel; the last colour is transparent.
    let mut raw = Vec::new();
    for y in 0..40 {
        raw.push(0);
        raw.extend([if y < 20 { 0b0000_0000 } else { 0b1010_1010 }; 5]);
        raw.extend([if y < 20 { 0b0101_0101 } else { 0b1111_1111 }; 5]);
    }
    let palette = [
        build::png_header(40, 40, 2, 3, 0),
        build::png_chunk(b"PLTE", QUADRANTS.as_flattened()),
        build::png_chunk(b"tRNS", &[255, 255, 255, 0]),
        build::png_chunk(b"IDAT", &build::zlib_stored(&raw)),
        build::png_chunk(b"IEND", &[]),
    ]
    .concat();
    let [red, green, blue, _] = QUADRANTS;
    assert_quadrants(
        &seen(&picture(&palette).preview),
        [red, green, blue, [255; 3]],
        16,
    );
}

#[test]
fn an_interlaced_png_is_read_at_any_size() {
    for (width, height) in [(61, 43), (3, 2), (1, 9), (9, 1), (2000, 1500), (3001, 1000)] {
        let image = scene(width, height);
        let interlaced = picture(&build::png_interlaced(&image));
        assert_eq!((interlaced.width, interlaced.height), (width, height));
        let plain = picture(&build::png(&image));
        assert_eq!(interlaced.preview, plain.preview, "{width}×{height}");
    }
}

#[test]
fn an_animated_png_shows_its_still() {
    let still = build::png(&scene(50, 40));
    let (header, body) = build::png_parts(&still);
    let animation = build::png_chunk(b"acTL", &[0, 0, 0, 2, 0, 0, 0, 0]);
    let frame = build::png_chunk(b"fcTL", &[0; 26]);
    let data = build::png_chunk(b"fdAT", &[7; 30]);
    let (body, end) = body.split_at(body.len() - 12);
    let animated = [header, &animation, &frame, body, &frame, &data, end].concat();
    assert_looks_like(&picture(&animated).preview, &scene(50, 40));
}

#[test]
fn a_gif_shows_its_first_picture_on_white() {
    let rows = |width: usize, height: usize| {
        let index = move |x: usize, y: usize| u8::from(x >= width / 2) + 2 * u8::from(y >= height / 2);
        (0..height)
            .map(|y| (0..width).map(|x| index(x, y)).collect())
            .collect::<Vec<Vec<u8>>>()
    };
    let whole = |interlaced, transparent| build::Gif {
        screen: (61, 43),
        frame: (0, 0, 61, 43),
        palette: &QUADRANTS,
        transparent,
        interlaced,
        rows: rows(61, 43),
    };
    for interlaced in [false, true] {
        let picture = picture(&whole(interlaced, None).bytes());
        assert_eq!(
            (picture.media_type, picture.width, picture.height),
            (MediaType::Gif, 61, 43)
        );
        assert_quadrants(&seen(&picture.preview), QUADRANTS, 12);
    }
    let [_, green, blue, white] = QUADRANTS;
    let transparent = picture(&whole(false, Some(0)).bytes());
    assert_quadrants(&seen(&transparent.preview), [[255; 3], green, blue, white], 12);

    let part = build::Gif {
        screen: (100, 90),
        frame: (10, 20, 61, 43),
        ..whole(true, None)
    };
    let part = picture(&part.bytes());
    assert_eq!((part.width, part.height), (100, 90));
    let shown = seen(&part.preview);
    assert_quadrants(&shown.view(10, 20, 61, 43).to_image(), QUADRANTS, 12);
    assert!(
        shown.get_pixel(90, 80).0.iter().all(|value| *value > 245),
        "white around the frame"
    );

    let beyond = build::Gif {
        screen: (30, 30),
        frame: (20, 20, 61, 43),
        ..whole(false, None)
    };
    assert_eq!(picture(&beyond.bytes()).width, 30);
}

#[test]
fn an_animated_gif_is_read_to_its_end() {
    let still = build::gif(&scene(30, 20));
    let (picture_of_it, trailer) = still.split_at(still.len() - 1);
    let from_frame = picture_of_it
        .windows(2)
        .position(|pair| pair == [b'!', 0xF9])
        .unwrap();
    let animated = [picture_of_it, &picture_of_it[from_frame..], trailer].concat();
    assert_eq!(picture(&animated).preview, picture(&still).preview);
    assert_eq!(
        support::refusal(&animated[..animated.len() - 40]),
        "truncated_image"
    );
}

#[test]
fn a_webp_is_read_in_each_of_its_forms() {
    let simple = build::webp(120, 80);
    let vp8 = build::vp8(&simple);
    let plain = picture(&simple);
    assert_looks_like(&plain.preview, &scene(120, 80));

    let opaque = [vec![0], vec![255; 120 * 80]].concat();
    let half: Vec<u8> = (0..120 * 80)
        .map(|at| if at % 120 < 60 { 0 } else { 255 })
        .collect();
    let half = [vec![0], half].concat();
    let extended = |alpha| {
        build::riff(&[
            (b"VP8X", build::vp8x(120, 80, 0x10)),
            (b"ALPH", alpha),
            (b"VP8 ", vp8.clone()),
        ])
    };
    assert_looks_like(&picture(&extended(opaque)).preview, &scene(120, 80));
    let shown = seen(&picture(&extended(half)).preview);
    assert!(
        shown.get_pixel(30, 40).0.iter().all(|value| *value > 245),
        "transparent becomes white"
    );
    assert!(shown.get_pixel(90, 40).0[2] < 80, "opaque stays");

    let frame_head = |x: u32, y: u32| {
        let numbers = [x / 2, y / 2, 119, 79, 100].map(u32::to_le_bytes);
        numbers
            .iter()
            .flat_map(|number| number[..3].to_vec())
            .chain([0])
            .collect::<Vec<u8>>()
    };
    let inner = build::riff(&[(b"VP8 ", vp8.clone())])[12..].to_vec();
    let animated = build::riff(&[
        (b"VP8X", build::vp8x(200, 100, 0x02)),
        (b"ANIM", vec![0; 6]),
        (b"ANMF", [frame_head(40, 20), inner.clone()].concat()),
        (b"ANMF", [frame_head(0, 0), inner].concat()),
    ]);
    let animated = picture(&animated);
    assert_eq!((animated.width, animated.height), (200, 100));
    let shown = seen(&animated.preview);
    let far = distance(&shown.view(40, 20, 120, 80).to_image(), &scene(120, 80));
    assert!(far < 4.0, "{far}");
    assert!(
        shown.get_pixel(10, 10).0.iter().all(|value| *value > 245),
        "white around the frame"
    );

    let turned = build::riff(&[
        (b"VP8X", build::vp8x(120, 80, 0x08)),
        (b"VP8 ", vp8),
        (b"EXIF", build::tiff(&[(0x0112, 3, 1, 6)])),
    ]);
    assert_eq!((picture(&turned).width, picture(&turned).height), (80, 120));
}

#[test]
fn a_colour_profile_is_applied_to_both_variants() {
    let colour = [200, 60, 60];
    let image = RgbImage::from_pixel(64, 64, Rgb(colour));
    let profile = moxcms::ColorProfile::new_display_p3().encode().unwrap();
    let segment = build::segment(0xE2, &[b"ICC_PROFILE\0\x01\x01", &profile[..]].concat());
    let plain = picture(&build::jpeg(&image));
    let wide = picture(&build::inserted(&build::jpeg(&image), &segment));
    let red = |picture: &photure_imaging::Picture| {
        let preview = seen(&picture.preview).get_pixel(32, 32).0;
        let thumb = seen(&support::picture(&picture.thumb.bytes).preview)
            .get_pixel(32, 32)
            .0;
        [preview[0], thumb[0]]
    };
    let (plain, wide) = (red(&plain), red(&wide));
    assert!(plain.iter().all(|red| red.abs_diff(200) < 5), "{plain:?}");
    assert!(
        wide.iter().all(|red| *red > 212),
        "P3's red is more vivid than sRGB's: {wide:?}"
    );
}

#[test]
fn thumbhash_and_colour_are_those_of_the_picture() {
    let blue = picture(&build::png(&RgbImage::from_pixel(300, 200, Rgb([20, 40, 200]))));
    let number = u32::from_str_radix(&blue.color[1..], 16).unwrap().to_be_bytes();
    let near = number[1..]
        .iter()
        .zip([20, 40, 200_u8])
        .all(|(is, was)| is.abs_diff(was) <= 2);
    assert!(near, "{}", blue.color);
    let hash = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, &blue.thumbhash).unwrap();
    let (r, g, b, _) = thumbhash::thumb_hash_to_average_rgba(&hash).unwrap();
    assert!(r < 0.2 && g < 0.3 && b > 0.65, "{r} {g} {b}");
    let ratio = thumbhash::thumb_hash_to_approximate_aspect_ratio(&hash).unwrap();
    assert!((ratio - 1.5).abs() < 0.2, "{ratio}");
}

#[test]
fn the_nine_sample_orientations_look_alike() {
    let files = support::sample_files(&["orientation"]);
    let mut first: Option<RgbImage> = None;
    for file in files {
        let picture = picture(&std::fs::read(&file).unwrap());
        assert_eq!(
            (picture.width, picture.height),
            (1800, 1200),
            "{}",
            file.display()
        );
        let shown = image::imageops::thumbnail(&seen(&picture.preview), 360, 240);
        let far = first.as_ref().map_or(0.0, |first| distance(first, &shown));
        // Each has been coded again, with the number of its orientation written into the picture.
        assert!(far < 4.0, "{}: {far}", file.display());
        first.get_or_insert(shown);
    }
}

#[test]
fn sample_photos_look_as_another_decoder_shows_them() {
    for file in support::sample_files(&["camera", "metadata", "orientation"]) {
        if !file
            .extension()
            .is_some_and(|extension| extension == "jpg" || extension == "png")
        {
            continue;
        }
        let bytes = std::fs::read(&file).unwrap();
        let reader = image::ImageReader::new(std::io::Cursor::new(&bytes))
            .with_guessed_format()
            .unwrap();
        let mut decoder = reader.into_decoder().unwrap();
        let orientation = image::ImageDecoder::orientation(&mut decoder).unwrap();
        let mut expected = image::DynamicImage::from_decoder(decoder).unwrap();
        expected.apply_orientation(orientation);
        let preview = picture(&bytes).preview;
        let (width, height) = (preview.width.div_ceil(4), preview.height.div_ceil(4));
        let expected = image::imageops::thumbnail(&expected.to_rgb8(), width, height);
        let found = image::imageops::thumbnail(&seen(&preview), width, height);
        let far = distance(&found, &expected);
        assert!(far < 3.0, "{}: {far}", file.display());
    }
}
