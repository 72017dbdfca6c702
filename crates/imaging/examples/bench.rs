//! A candidate of `make bench`: reads a file's name a line, answers with the processor milliseconds that its pictures took.
//! `bench photure` does what an upload costs, `bench image` the same two pictures with the `image` crate alone. With a second
//! name a line, separated by a tab, `bench photure` leaves the preview there.
#![allow(clippy::print_stdout)] // a command-line tool

use std::error::Error;
use std::fs::{self, File};
use std::io::{BufRead, Cursor, Read, Seek};

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use photure_imaging::{Limits, keep_freed_memory, process};
use sha2::Digest;

fn main() -> Result<(), Box<dyn Error>> {
    keep_freed_memory(); // as a worker does
    let photure = std::env::args().nth(1).is_none_or(|kind| kind == "photure");
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let (path, preview) = line.split_once('\t').unwrap_or((&line, ""));
        if !preview.is_empty() {
            let picture = process(&mut File::open(path)?, &Limits::default())?;
            fs::write(preview, picture.preview.bytes)?;
        }
        let mut file = File::open(path)?;
        let before = processor_ms()?;
        let done = if photure {
            upload(&mut file)
        } else {
            by_image(&mut file)
        };
        let ms = processor_ms()? - before;
        match done {
            Ok(()) if photure => {
                let (megapixels, progressive) = facts(path)?;
                println!(
                    r#"{{"ms":{ms:.3},"facts":{{"megapixels":{megapixels:.2},"progressive":{progressive}}}}}"#
                );
            }
            Ok(()) => println!(r#"{{"ms":{ms:.3}}}"#),
            Err(_) => println!(r#"{{"error":"it cannot"}}"#),
        }
    }
    Ok(())
}

/// Hash, facts, ThumbHash, colour and both pictures.
fn upload(file: &mut File) -> Result<(), Box<dyn Error>> {
    let mut hasher = sha2::Sha256::new();
    let mut block = vec![0; 256 << 10];
    loop {
        let read = file.read(&mut block)?;
        if read == 0 {
            break;
        }
        hasher.update(&block[..read]);
    }
    std::hint::black_box(hasher.finalize());
    file.rewind()?;
    std::hint::black_box(process(file, &Limits::default())?);
    Ok(())
}

/// As most programs do it: decode all, resize, encode. It has no lossy WebP, so the thumb is a JPEG, which costs less.
fn by_image(file: &mut File) -> Result<(), Box<dyn Error>> {
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    let picture = image::load_from_memory(&bytes)?;
    let preview = picture.resize(1440, 1440, FilterType::Lanczos3).into_rgb8();
    preview.write_with_encoder(JpegEncoder::new_with_quality(Cursor::new(Vec::new()), 80))?;
    let thumb = image::DynamicImage::from(preview).resize(512, 512, FilterType::Lanczos3);
    thumb.write_with_encoder(JpegEncoder::new_with_quality(Cursor::new(Vec::new()), 80))?;
    Ok(())
}

/// Megapixels, and whether it is a progressive JPEG.
fn facts(path: &str) -> Result<(f64, bool), Box<dyn Error>> {
    let picture = process(&mut File::open(path)?, &Limits::default())?;
    let coding = picture
        .metadata
        .get("File")
        .and_then(|group| group.get("EncodingProcess"));
    let progressive = coding.is_some_and(|coding| coding == 2);
    Ok((
        f64::from(picture.width) * f64::from(picture.height) / 1e6,
        progressive,
    ))
}

/// Nanoseconds that this thread has run, by its first number.
fn processor_ms() -> Result<f64, Box<dyn Error>> {
    let schedstat = fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanos: f64 = schedstat.split(' ').next().unwrap_or_default().parse()?;
    Ok(nanos / 1e6)
}
